//! Text of others in a page: a name is a name, never a tag, a formula or a mention.

use std::fmt::Write;

use crate::diagnostic::is_unseen;

/// For HTML, in text and in attributes alike. What cannot be seen is shown as its code: a name that reverses the
/// direction of writing would rewrite the line it stands in.
pub(super) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            unseen if is_unseen(unseen) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(unseen));
            }
            plain => out.push(plain),
        }
    }
    out
}

/// For Markdown, in running text and in a table's cell. Emphasis takes a backslash; what begins a tag, a cell, a
/// mention or a reference to an issue is written by its number, which no renderer acts on.
pub(super) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let rest = &text[at..];
        // A bare address becomes a link by itself.
        let links = rest.starts_with("://") || character == '.' && text[..at].to_lowercase().ends_with("www");
        match character {
            '\\' | '*' | '_' | '`' | '[' | ']' | '~' => out.extend(['\\', character]),
            '&' | '<' | '>' | '|' | '@' | '#' => {
                let _ = write!(out, "&#{};", u32::from(character));
            }
            ':' | '.' | '!' if links || rest.starts_with("![") => {
                let _ = write!(out, "&#{};", u32::from(character));
            }
            unseen if is_unseen(unseen) => {
                let _ = write!(out, "\\\\u{{{:x}}}", u32::from(unseen));
            }
            plain => out.push(plain),
        }
    }
    out
}

/// For a cell of CSV that holds text. A spreadsheet takes what begins with `=`, `+`, `-` or `@` for a formula, also
/// behind blanks; an apostrophe in front makes it text.
pub(super) fn csv(text: &str) -> String {
    let formula = text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r', '\n']);
    let shown = if formula { format!("'{text}") } else { text.to_owned() };
    if shown.contains([',', '"', '\n', '\r', ';']) { format!("\"{}\"", shown.replace('"', "\"\"")) } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_holds_no_tag_and_no_attribute_of_a_name() {
        assert_eq!(html("<script>alert('x')</script>"), "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
        assert_eq!(html("\" onload=\"x & y"), "&quot; onload=&quot;x &amp; y");
        assert_eq!(html("a\u{202e}b\u{0}"), "a\\u{202e}b\\u{0}");
        assert_eq!(html("größer 东"), "größer 东");
    }

    #[test]
    fn markdown_holds_no_markup_of_a_name() {
        assert_eq!(markdown("a|b"), "a&#124;b");
        assert_eq!(markdown("**x** _y_ `z`"), "\\*\\*x\\*\\* \\_y\\_ \\`z\\`");
        assert_eq!(markdown("[x](y) ![i]"), "\\[x\\](y) &#33;\\[i\\]");
        assert_eq!(markdown("<b> @team #1 &amp;"), "&#60;b&#62; &#64;team &#35;1 &#38;amp;");
        assert_eq!(markdown("https://x: www.y.z!"), "https&#58;//x: www&#46;y.z!");
        assert_eq!(markdown("a\nb"), "a\\\\u{a}b");
    }

    #[test]
    fn csv_holds_no_formula_and_no_cell_of_a_name() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r1"] {
            let cell = csv(formula);
            assert!(cell.trim_start_matches('"').starts_with('\''), "{formula:?} became {cell:?}");
        }
        assert_eq!(csv("=HYPERLINK(\"x\",\"y\")"), "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
        assert_eq!(csv("a,b"), "\"a,b\"");
        assert_eq!(csv("m7i.xlarge"), "m7i.xlarge");
    }
}

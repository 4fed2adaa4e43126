//! What is taken in, what is refused and how that is reported.

use proptest::prelude::*;

use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

#[track_caller]
fn kept(bytes: &[u8]) -> (&'static str, String) {
    let taken = taken_in(bytes.to_vec()).unwrap_or_else(|refused| panic!("{refused:?}"));
    assert_eq!(media_type(&taken.bytes), Some(taken.media_type));
    (taken.media_type.name, String::from_utf8_lossy(&taken.bytes).into_owned())
}

#[track_caller]
fn refused(bytes: &[u8]) -> (u64, String) {
    let refused = taken_in(bytes.to_vec()).expect_err("is refused");
    (refused.line, refused.said)
}

#[test]
fn a_file_is_what_its_bytes_are() {
    for (bytes, expected) in [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypavif", "image/avif"),
        (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        (b"OggS\0\x02\0\0", "video/ogg"),
        (b"ID3\x04\0\0", "audio/mpeg"),
        (b"WEBVTT\n", "text/vtt"),
    ] {
        assert_eq!(media_type(bytes).map(|found| found.name), Some(expected));
        assert_eq!(kept(bytes).0, expected);
    }
}

#[test]
fn an_svg_picture_may_begin_with_what_xml_allows() {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0\"/></svg>";
    let doctype = "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\"";
    for text in [
        svg.to_owned(),
        format!("<!-- made by a program -->\n{svg}"),
        format!("\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><!-- <html> -->{svg}"),
        format!("{doctype}>{svg}"),
        format!("<?xml version='1.0'?>\n{doctype} [<!ENTITY ns \"urn:x\">]>{svg}"),
        svg.replace("<svg xmlns", "<s:svg xmlns:s")
            .replace("<path", "<s:path")
            .replace("</svg", "</s:svg"),
    ] {
        assert_eq!(kept(text.as_bytes()).0, "image/svg+xml", "{text}");
        let wide: Vec<u8> = format!("\u{feff}{}", text.trim_start_matches('\u{feff}'))
            .replace("utf-8", "utf-16")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(kept(&wide).0, "image/svg+xml", "{text} in UTF-16");
    }
    let latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><title>\xe9</title></svg>";
    assert_eq!(kept(latin).0, "image/svg+xml");
}

#[test]
fn a_picture_that_no_browser_shows_is_refused_with_its_line() {
    let (line, said) = refused(b"<svg xmlns=\"http://www.w3.org/2000/svg\">\n<g>\n</svg>");
    assert_eq!(line, 3, "{said}");
    assert!(said.starts_with("browsers can't show this SVG picture: "), "{said}");
    let (line, said) =
        refused(b"<svg xmlns=\"http://www.w3.org/2000/svg\">\n<use xlink:href=\"#a\"/></svg>");
    assert!(line == 2 && said.contains("xlink"), "{said}");
    assert!(refused(b"<svg><path/></svg>").1.contains("xmlns"));
    let (_, said) = refused(b"<svg xmlns=\"http://www.w3.org/2000/svg\"><title>\xe9</title></svg>");
    assert!(said.contains("encoding"), "{said}");
}

#[test]
fn nesting_without_end_is_refused_and_harms_nothing() {
    let deep = format!("<svg xmlns=\"{}\">{}", "http://www.w3.org/2000/svg", "<g>".repeat(200_000));
    let _: (u64, String) = refused(deep.as_bytes());
}

#[test]
fn what_is_no_media_is_refused_with_what_it_is() {
    for (bytes, expected) in [
        (&b"%PDF-1.7\n"[..], "this is a PDF document"),
        (b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "this is a ZIP archive"),
        (b"\x1f\x8b\x08\0", "this is a GZ compressed file"),
        (b"MZ\x90\0", "this is a"),
        (b"<!DOCTYPE html><p>Hello", "this is an HTML file"),
        (b"{\"a\": 1}", "this is a plain text"),
        (b"Just a few words", "this is a plain text"),
        (b"II*\0", "this is a TIFF picture"),
        (b"\x00\x00\x00\x14ftypqt  ", "this is a"),
        (b"", "this is an empty file"),
        (b"\0\x01\x02\x03", "this is a file of no known format"),
    ] {
        let (_, said) = refused(bytes);
        assert!(said.starts_with(expected), "{said} and not {expected}");
        assert!(
            said.ends_with(
                "a media file is a picture, a video, a sound file or captions in WebVTT"
            ),
            "{said}"
        );
    }
}

#[test]
fn subrip_becomes_webvtt() {
    let made = kept("1\r\n00:00:00,000 --> 00:00:05,000\r\nHello & <i>welcome</i>\r\nif a < b\r\n\r\n\r\n2\r\n0:00:05.5 --> 01:00:07,25 X1:10\r\n{\\an8}<font color=\"#fff\">¡Adiós!</font>\r\n\r\nstill Adiós\r\n\r\n3\r\n00:00:09,000 --> 00:00:10,000\r\n\r\n".as_bytes());
    let expected = "WEBVTT\n\n00:00:00.000 --> 00:00:05.000\nHello &amp; <i>welcome</i>\nif a &lt; b\n\n00:00:05.500 --> 01:00:07.250\n¡Adiós!\nstill Adiós\n";
    assert_eq!(made, ("text/vtt", expected.to_owned()));
    let taken = taken_in(b"1\n00:00:00,000 --> 00:00:05,000\nHello\n".to_vec()).unwrap();
    assert_eq!(taken.made_from.as_deref(), Some("SubRip (SRT)"));
    let (line, said) =
        refused(b"1\n00:00:00,000 --> 00:00:05,000\nHello\n\n2\n00:00:07,000 --> 00:00,000\nB\n");
    assert!(line == 6 && said.starts_with("these captions are not SubRip"), "{line} {said}");
}

#[test]
fn captions_are_recognised_in_other_encodings_and_kept_in_utf_8() {
    let text = "WEBVTT\n\n00:00.000 --> 00:05.000\nПривет, это дробь\n";
    let mark = format!("\u{feff}{text}");
    let wide = |bytes: fn(u16) -> [u8; 2]| mark.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    for bytes in [wide(u16::to_le_bytes), wide(u16::to_be_bytes)] {
        assert_eq!(kept(&bytes), ("text/vtt", text.to_owned()));
    }
    let (windows, ..) = encoding_rs::WINDOWS_1251.encode(text);
    let taken = taken_in(windows.into_owned()).unwrap();
    assert_eq!(String::from_utf8(taken.bytes).unwrap(), text);
    assert_eq!(taken.made_from.as_deref(), Some("WebVTT in windows-1251"));
    let (western, ..) = encoding_rs::WINDOWS_1252
        .encode("1\n00:00:00,000 --> 00:00:05,000\n¿Cuántos años tenías?\n");
    assert!(kept(&western).1.ends_with("¿Cuántos años tenías?\n"));
    assert_eq!(kept(mark.as_bytes()).1, mark, "what is UTF-8 stays as it came");
}

#[test]
fn captions_that_browsers_would_drop_are_refused_with_their_line() {
    let good = "WEBVTT - A title\nKind: captions\n\nNOTE\nnothing --> here\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\nfirst\n00:01.000 --> 1:00:02.000 align:start\n<v Ana>One\n\n00:00:02.000-->00:00:03.000\nTwo\n";
    assert_eq!(kept(good.as_bytes()).0, "text/vtt");
    for (bad, at) in [
        ("WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nA\n", 3),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nA\n\nlost words\n", 6),
        ("WEBVTT\n\n00:05.000 --> 00:02.000\nA\n", 3),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nA\n00:02.000 --> 00:03.000\nB\n", 5),
        ("WEBVTT\n\n1:5.0 --> 00:02.000\nA\n", 3),
        ("\n\nWEBVTT\n\n00:01.000 --> 00:02.000\nA\n", 3),
        ("webvtt\n", 1),
    ] {
        let (line, said) = refused(bad.as_bytes());
        assert_eq!(line, at, "{bad}: {said}");
        assert!(said.starts_with("these captions are not WebVTT: "), "{said}");
    }
}

#[test]
fn words_of_a_cue_that_browsers_would_take_for_a_tag_are_refused_with_their_line() {
    for (text, at) in [
        ("3 < 4 & 5 > 2", 4),
        ("so,\nif x < 3 then", 5),
        ("x <3 and y> 2", 4),
        ("a <= b, so b >= a", 4),
        ("a<b", 4),
        ("a<b but b>c", 4),
        ("if x < 3\nthen y > 2", 4),
        ("not <> but =", 4),
        ("<00:01,000>One", 4),
        ("<i>One</i> <v Ana Two <i>three</i>", 4),
        ("see <https://example.org/a>", 4),
        ("<i>One</i and two> three", 4),
    ] {
        let (line, said) =
            refused(format!("WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n").as_bytes());
        assert_eq!(line, at, "{text}: {said}");
        assert!(said.ends_with("where < is meant, write &lt;"), "{said}");
    }
}

#[test]
fn tags_of_webvtt_and_of_others_are_kept() {
    for text in [
        "<v Ana María>One</v> <v.loud Ana>Two",
        "hello<00:00:00.500><c> world</c><01:00:00.500>",
        "<c.colorE5E5E5.bg>a</c> <c.a>b</c.a> <i>c</i ><b></b><u>d</u></>",
        "<font color=\"#fff\" size='3'>a</font> <span\nstyle=\"color: red\">b</span> a<br>b<br/>c<br />",
        "<lang en-GB>a</lang> <ruby>b<rt>c</rt></ruby> <tt:span>d</tt:span>",
        "3 &lt; 4 & 5 > 2",
    ] {
        let file = format!("WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n");
        assert_eq!(kept(file.as_bytes()).1, file);
    }
}

#[test]
fn what_subrip_says_of_looks_goes_and_formulas_and_signs_stay() {
    let made = kept(
        subrip(&[
            "{\\an8}{\\pos(1,2)\\fs20\\c&HFF&}{\\fnArial}a{\\i1}b{\\i0}",
            "{\\frac{1}{2}} {\\bf x} {\\alpha} {x}",
            "&#1 and AT&T &#233; &lt; x<y",
        ])
        .as_bytes(),
    )
    .1;
    assert!(made.contains("\nab\n"), "{made}");
    assert!(made.contains("\n{\\frac{1}{2}} {\\bf x} {\\alpha} {x}\n"), "{made}");
    assert!(made.contains("\n&amp;#1 and AT&amp;T &#233; &lt; x&lt;y\n"), "{made}");
}

/// Captions in SubRip, one cue per text.
fn subrip(texts: &[&str]) -> String {
    let cue = |(at, text)| format!("{at}\n00:00:0{at},000 --> 00:00:0{at},900\n{text}\n\n");
    (1..).zip(texts).map(cue).collect()
}

#[test]
fn one_bad_byte_in_utf_8_is_told_and_makes_no_other_encoding_of_it() {
    let mut bytes = subrip(&["¿Qué es una fracción?"]).into_bytes();
    bytes.extend(b"2\n00:00:04,000 --> 00:00:05,000\nbad \xff byte\n");
    let taken = taken_in(bytes.clone()).expect_err("is refused");
    assert_eq!((taken.line, taken.column), (7, 5), "{taken}");
    assert!(taken.said.ends_with("the text is UTF-8, and the byte 0xff here is not"), "{taken}");
    // A letter that was cut in two, with a byte-order mark at the beginning.
    let cut = subrip(&["Qué será"]).into_bytes();
    let cut = &cut[..cut.len() - 3];
    for bytes in
        [cut.to_vec(), [b"\xef\xbb\xbf", cut].concat(), [b"\xef\xbb\xbf", &bytes[..]].concat()]
    {
        assert!(refused(&bytes).1.contains("the text is UTF-8, and the byte 0x"));
    }
    let (_, said) = refused(b"Qu\xc3\xa9 \xff");
    assert!(said.starts_with("this is "), "what is no captions is told as what it is: {said}");
}

#[test]
fn letters_that_were_lost_before_they_came_are_told() {
    for (text, at) in [("fracci\u{fffd}n", 7), ("fracci\u{97}n", 7)] {
        let refusal = taken_in(subrip(&["One", text]).into_bytes()).expect_err("is refused");
        assert_eq!((refusal.line, refusal.column), (7, at));
        assert!(refusal.said.contains("the letter here is lost"), "{refusal}");
    }
    let mark = "\u{feff}WEBVTT\n\n00:01.000 --> 00:02.000\nA \u{fffd}\n";
    let wide: Vec<u8> = mark.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(refused(&wide).0, 4);
}

/// The result of reading captions in an older encoding.
#[track_caller]
fn read_in(
    encoding: &'static encoding_rs::Encoding,
    texts: &[&str],
) -> Result<Taken, MediaRefusal> {
    let text = subrip(texts);
    let (bytes, _, had_others) = encoding.encode(&text);
    assert!(!had_others, "{texts:?} can be written in {}", encoding.name());
    taken_in(bytes.into_owned())
}

#[test]
fn older_encodings_are_read_where_the_letters_are_those_of_a_language() {
    use encoding_rs::*;
    for (encoding, texts) in [
        (WINDOWS_1252, &["¿Qué es una fracción?", "Mañana por la mañana, ocho niños"][..]),
        (WINDOWS_1252, &["Qu’est-ce qu’une fraction ?", "L’œuvre coûte 5 €", "élève à"]),
        (WINDOWS_1252, &["It’s “one half” — don’t you think…", "There’s café and naïveté"]),
        (WINDOWS_1252, &["Don’t you think so? That’s right."]),
        (WINDOWS_1252, &["Größe und Länge sind schön", "Äpfel"]),
        (WINDOWS_1252, &["Não há frações à esquerda"]),
        (WINDOWS_1252, &["Sí"]),
        (WINDOWS_1252, &["Å være på skolen, sier læreren", "Brøk"]),
        (WINDOWS_1251, &["Что такое дробь?", "Числитель и знаменатель"]),
        (KOI8_R, &["Что такое дробь?", "Числитель и знаменатель"]),
        (WINDOWS_1250, &["Co to jest ułamek?", "Żółć, gęś, łódź"]),
        (ISO_8859_2, &["Co to jest ułamek?", "Żółć, gęś, łódź, część"]),
        (WINDOWS_1250, &["Co je to zlomek? Čitatel a jmenovatel jsou stejné", "Příklad"]),
        (WINDOWS_1252, &["Oggi impariamo. Perché è più grande? L’esempio è lì, così può essere"]),
        (
            WINDOWS_1254,
            &["Bugün kesirlerle toplama işlemi yapmayı öğreneceğiz.", "Şimdi bir örnek"],
        ),
        (WINDOWS_1250, &["Astăzi învăţăm despre fracţii şi numere întregi.", "Numitorul e egal"]),
        (WINDOWS_1257, &["Šodien mēs mācīsimies saskaitīt daļas ar vienādiem saucējiem."]),
        (WINDOWS_874, &["เศษส่วนคืออะไร", "ตัวเศษและตัวส่วนเท่ากัน จะได้ค่าเป็นหนึ่ง"]),
        (WINDOWS_1251, &["Угол ABC равен 90°, «точка» H2O"]),
        (WINDOWS_1253, &["Τι είναι το κλάσμα;", "Αριθμητής"]),
        (WINDOWS_1255, &["מהו שבר?", "מונה ומכנה"]),
        (WINDOWS_1256, &["ما هو الكسر؟", "البسط والمقام متساويان"]),
        (GBK, &["什么是分数？", "分子和分母相同"]),
        (BIG5, &["什麼是分數？", "分子和分母相同"]),
        (SHIFT_JIS, &["分数とは何ですか", "分子と分母は同じです"]),
        (EUC_JP, &["分数とは何ですか", "分子と分母は同じです"]),
        (EUC_KR, &["분수란 무엇입니까?"]),
    ] {
        let taken = read_in(encoding, texts).unwrap_or_else(|said| panic!("{texts:?}: {said}"));
        let made = String::from_utf8(taken.bytes).unwrap();
        assert!(texts.iter().all(|text| made.contains(text)), "{texts:?}: {made}");
    }
}

#[test]
fn captions_whose_encoding_is_not_certain_are_refused_and_never_garbled() {
    use encoding_rs::*;
    for (encoding, texts) in [
        (MACINTOSH, &["¿Qué es una fracción?", "Mañana por la mañana, ocho niños"][..]),
        (MACINTOSH, &["Una fracción"]),
        (MACINTOSH, &["Los niños", "Los días"]),
        (MACINTOSH, &["L’élève a trouvé la règle"]),
        (WINDOWS_1254, &["Kesir nedir?", "Şimdi beşte üç"]),
        (WINDOWS_1254, &["Bu kesrin payı ile paydası eşittir, değil mi?", "Şimdi beşte üç"]),
        (WINDOWS_1257, &["Kas yra trupmena?", "Skaitiklis ir vardiklis yra lygūs, ačiū"]),
        (WINDOWS_1250, &["Ştiinţă"]),
        (IBM866, &["Да"]),
        (WINDOWS_1252, &["It’s the sum—and “that’s it”. 90° × 2 ± ½", "It costs £5 and 10¢."]),
        (ISO_8859_2, &["Ma a törtekről tanulunk. Nézzünk egy példát, jó?"]),
    ] {
        match read_in(encoding, texts) {
            Ok(taken) => {
                assert_ne!(encoding, MACINTOSH, "{texts:?}");
                let made = String::from_utf8(taken.bytes).unwrap();
                assert!(texts.iter().all(|text| made.contains(text)), "{texts:?}: {made}");
            }
            Err(refusal) => {
                assert!(refusal.said.ends_with("Save it as UTF-8"), "{refusal}");
                assert!(refusal.line >= 3, "{refusal:?}");
            }
        }
    }
    let refusal = read_in(MACINTOSH, &["One", "¿Qué es una fracción?"]).expect_err("is refused");
    assert_eq!((refusal.line, refusal.column), (7, 1));
    assert!(refusal.said.contains("it looks like macintosh"), "{refusal}");
    // An old Spanish DOS file.
    let (_, said) = refused(b"1\n00:00:01,000 --> 00:00:02,000\nUna fracci\xa2n, \xa8qu\x82?\n");
    assert!(said.contains("is not certain"), "{said}");
}

#[test]
fn what_was_stored_before_is_served_as_it_was() {
    for (bytes, expected) in [
        (&b"\x00\x00\x00\x14ftypqt  "[..], "video/mp4"),
        (b"<svg>", "image/svg+xml"),
        (b"<!-- a --><svg xmlns=\"http://www.w3.org/2000/svg\"/>", "image/svg+xml"),
        (b"\xef\xbb\xbfWEBVTT\n", "text/vtt; charset=utf-8"),
        (b"1\n00:00:00,000 --> 00:00:05,000\n", "application/octet-stream"),
        (b"<script>", "application/octet-stream"),
        (b"%PDF-1.7", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ] {
        assert_eq!(served_type(bytes), expected, "{}", String::from_utf8_lossy(bytes));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_kept_would_be_taken_in_again_as_it_is(
        text in "(WEBVTT|<svg|1)?[\\n\\r ]{0,3}([0-9]{1,2}[:,.]?|-->| |\\n|<[/a-z!-]{0,4}>|[&é<a]){0,60}",
        bytes in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        for bytes in [text.into_bytes(), bytes] {
            let _: String = described(&bytes);
            let _: &str = served_type(&bytes);
            if let Ok(taken) = taken_in(bytes) {
                prop_assert_eq!(media_type(&taken.bytes), Some(taken.media_type));
                let again = taken_in(taken.bytes.clone()).expect("it was taken in");
                prop_assert_eq!(again, Taken { made_from: None, ..taken });
            }
        }
    }
}

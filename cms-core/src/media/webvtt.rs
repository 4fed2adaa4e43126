//! WebVTT: whether browsers can read a file of captions. They silently drop a cue that they do not understand, so each
//! line that would be lost is reported.
//!
//! <https://www.w3.org/TR/webvtt1/>

use super::{cue_text, intake::LineFault};

/// Whether a file begins as WebVTT must.
pub(super) fn has_header(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes
        .strip_prefix(b"WEBVTT")
        .is_some_and(|rest| matches!(rest.first(), None | Some(b' ' | b'\t' | b'\n' | b'\r')))
}

/// Whether somebody meant WebVTT, written correctly or not.
pub(super) fn is_meant(text: &str) -> bool {
    let text = text.trim_start();
    text.get(..6).is_some_and(|begin| begin.eq_ignore_ascii_case("WEBVTT"))
}

/// Checks a text whose lines end with line feeds.
pub(super) fn check(text: &str) -> Result<(), LineFault> {
    if !has_header(text.as_bytes()) {
        let line =
            1 + text.bytes().take_while(u8::is_ascii_whitespace).filter(|b| *b == b'\n').count();
        let said = "WEBVTT, in capitals, must be the first line".to_owned();
        return Err(LineFault { line: line as u64, said });
    }
    let mut lines = (1..).zip(text.split('\n')).skip(1).peekable();
    // Lines that follow the first one without a blank line belong to it, unless they are a cue.
    while lines.next_if(|(_, line)| !line.is_empty() && !line.contains("-->")).is_some() {}
    loop {
        while lines.next_if(|(_, line)| line.trim().is_empty()).is_some() {}
        let mut block: Vec<(u64, &str)> = Vec::new();
        while let Some(line) = lines.next_if(|(_, line)| !line.is_empty()) {
            block.push(line);
        }
        if block.is_empty() && lines.peek().is_none() {
            return Ok(());
        }
        check_block(&block)?;
    }
}

fn check_block(block: &[(u64, &str)]) -> Result<(), LineFault> {
    let Some((number, first)) = block.first().copied() else { return Ok(()) };
    let is = |word: &str| {
        first
            .strip_prefix(word)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
    };
    if is("NOTE") || is("STYLE") || is("REGION") {
        return Ok(());
    }
    let times = block.iter().take(2).position(|(_, line)| line.contains("-->"));
    let Some(times) = times else {
        let said =
            "times are missing before this text: hours:minutes:seconds.thousandths --> the same"
                .to_owned();
        return Err(LineFault { line: number, said });
    };
    check_times(block[times].0, block[times].1)?;
    match block[times + 1..].iter().find(|(_, line)| line.contains("-->")) {
        None => cue_text::check(&block[times + 1..]),
        Some((line, _)) => {
            let said = "a blank line is missing before this cue, or a text contains -->".to_owned();
            Err(LineFault { line: *line, said })
        }
    }
}

fn check_times(line: u64, text: &str) -> Result<(), LineFault> {
    let fault = |said: String| LineFault { line, said };
    let (begin, rest) = text.split_once("-->").unwrap_or((text, ""));
    let end = rest.split_whitespace().next().unwrap_or_default();
    let time = |written: &str| {
        time_ms(written).ok_or_else(|| {
            let hint =
                if written.contains(',') { ": write a point instead of the comma" } else { "" };
            let written: String = written.chars().take(40).collect();
            fault(format!("“{written}” is not a time such as 00:01:02.500{hint}"))
        })
    };
    let begin = time(begin.trim())?;
    if time(end)? < begin {
        return Err(fault("the cue ends before it begins".to_owned()));
    }
    Ok(())
}

/// Milliseconds of `hours:minutes:seconds.thousandths`; the hours may be absent.
pub(super) fn time_ms(written: &str) -> Option<u64> {
    let digits = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok())?
    };
    let two = |text: &str| digits(text).filter(|number| text.len() == 2 && *number < 60);
    let (clock, thousandths) = written.split_once('.')?;
    let thousandths = digits(thousandths).filter(|_| thousandths.len() == 3)?;
    let parts: Vec<&str> = clock.split(':').collect();
    let (hours, minutes, seconds) = match *parts {
        [minutes, seconds] => (0, two(minutes)?, two(seconds)?),
        [hours, minutes, seconds] => (
            digits(hours).filter(|_| (1..10).contains(&hours.len()))?,
            two(minutes)?,
            two(seconds)?,
        ),
        _ => return None,
    };
    Some(((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths)
}

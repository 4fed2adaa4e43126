//! An import as the body of a request: newline-delimited JSON.
//!
//! The first line is `{"cms":"import","author":…,"operation":…,"request":{…}}`. Then come media in pieces,
//! `{"cms":"media","name":"a.svg","base64":…}`, where the pieces of one name follow each other; and what the sender
//! found and left out: `{"cms":"left-out","name":…,"reason":…}`. Then come the lines as they are;
//! `{"cms":"source","name":…,"line":N}` before a line says which file and number reports use for it. Bodies with gzip
//! are read as well.
//!
//! Invariants:
//! 1. What the core reads from a body is what it would have read from the sender's files.
//! 2. A body that ends early is an error, and nothing is imported: the last line must be `{"cms":"end"}`.
//! 3. While the sender's input is silent, blank lines show that the sender lives, because a program that takes its time
//!    is not a stalled client.

use std::{
    io::{self, BufRead, Read, Write},
    path::PathBuf,
    sync::mpsc::{Receiver as Frames, RecvTimeoutError, sync_channel},
    thread,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use cms_core::{engine::OBJECT_SIZE_BYTES_MAX, model::canonical, repo::ImportLine};
use serde::{Deserialize, Serialize};

use super::{
    Request,
    input::{Input, next_line, plain},
    media::{Media, piece_of},
};
use crate::{verbs::Call, views::import::FileLeftOut};

/// How many bytes of media one frame holds.
const PIECE_SIZE_BYTES: usize = 768 << 10;
/// How many frames are read ahead.
const FRAMES_AHEAD: usize = 4;
/// After this time without a frame a blank line is sent; a server waits at least a second for a byte.
const SILENCE_MAX: Duration = Duration::from_millis(300);
/// The length of such a line, in bytes.
const BLANK_SIZE_BYTES: usize = 128;
const MARK: &[u8] = b"{\"cms\":";

#[derive(Serialize, Deserialize)]
#[serde(tag = "cms", rename_all = "lowercase", deny_unknown_fields)]
enum Frame {
    Import {
        #[serde(default)]
        author: String,
        #[serde(default)]
        operation: Option<String>,
        request: Request,
    },
    Media {
        name: String,
        base64: String,
    },
    #[serde(rename = "left-out")]
    LeftOut {
        name: String,
        reason: String,
    },
    Source {
        name: String,
        line: u64,
    },
    End,
}

/// A body as the sender makes it: a reader of frames, which another thread makes from the input.
pub struct Sender {
    frames: Frames<io::Result<Vec<u8>>>,
    frame: io::Cursor<Vec<u8>>,
}

/// What makes the frames.
struct Framing {
    input: Input,
    head: Option<Vec<u8>>,
    media: Vec<(String, PathBuf)>,
    left_out: Vec<FileLeftOut>,
    file: Option<(String, std::fs::File)>,
    expected: Option<(String, u64)>,
    ended: bool,
}

impl Sender {
    /// The body of an import.
    ///
    /// # Errors
    /// When the system can't start a thread.
    pub fn new(call: &Call, request: Request, input: Input) -> io::Result<Self> {
        let mut framing = Framing::new(call, request, input);
        let (sender, frames) = sync_channel(FRAMES_AHEAD);
        thread::Builder::new().name("import".to_owned()).spawn(move || {
            // The reader is gone when the server has refused.
            while let Some(frame) = framing.next_frame().transpose() {
                let is_last = frame.is_err();
                if sender.send(frame).is_err() || is_last {
                    return;
                }
            }
        })?;
        Ok(Self { frames, frame: io::Cursor::default() })
    }
}

impl Framing {
    fn new(call: &Call, request: Request, input: Input) -> Self {
        let (author, operation) = (call.author.clone(), call.operation.clone());
        let mut media: Vec<_> =
            input.media.files().iter().map(|(name, path)| (name.clone(), path.clone())).collect();
        media.reverse();
        let mut left_out = input.media.left_out().to_vec();
        left_out.reverse();
        Self {
            head: Some(written(&Frame::Import { author, operation, request })),
            media,
            left_out,
            input,
            file: None,
            expected: None,
            ended: false,
        }
    }

    fn next_frame(&mut self) -> io::Result<Option<Vec<u8>>> {
        if let Some(head) = self.head.take() {
            return Ok(Some(head));
        }
        if self.file.is_some() || !self.media.is_empty() {
            if self.file.is_none() {
                let (name, path) = self.media.pop().expect("looked at above");
                self.file = Some((name, std::fs::File::open(path)?));
            }
            let (name, file) = self.file.as_mut().expect("set above");
            let mut piece = Vec::new();
            file.take(PIECE_SIZE_BYTES as u64).read_to_end(&mut piece)?;
            let name = name.clone();
            if piece.len() < PIECE_SIZE_BYTES {
                self.file = None;
            }
            return Ok(Some(written(&Frame::Media { name, base64: STANDARD.encode(piece) })));
        }
        if let Some(FileLeftOut { source, reason }) = self.left_out.pop() {
            return Ok(Some(written(&Frame::LeftOut { name: source, reason })));
        }
        let Some(line) = self.input.next().transpose()? else {
            let end = (!self.ended).then(|| written(&Frame::End));
            self.ended = true;
            return Ok(end);
        };
        let mut frame = Vec::new();
        let here = (line.source.clone(), line.number);
        if self.expected.as_ref() != Some(&here) {
            frame = written(&Frame::Source { name: here.0.clone(), line: here.1 });
        }
        self.expected = Some((here.0, here.1 + 1));
        frame.extend_from_slice(&line.text);
        frame.push(b'\n');
        Ok(Some(frame))
    }
}

impl Read for Sender {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.frame.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let frame = match self.frames.recv_timeout(SILENCE_MAX) {
                Ok(frame) => frame?,
                Err(RecvTimeoutError::Timeout) => blank(),
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
            };
            self.frame = io::Cursor::new(frame);
        }
    }
}

/// A line without meaning, long enough for the lowest rate of bytes that a server accepts.
fn blank() -> Vec<u8> {
    let mut line = vec![b' '; BLANK_SIZE_BYTES - 1];
    line.push(b'\n');
    line
}

fn written(frame: &Frame) -> Vec<u8> {
    let mut text = serde_json::to_vec(frame).expect("frames serialise");
    text.push(b'\n');
    text
}

/// A body as the server reads it.
pub struct Receiver {
    reader: Box<dyn BufRead + Send>,
    physical: u64,
    pending: Option<Vec<u8>>,
    name: String,
    line: u64,
    ended: bool,
}

/// What comes before the lines.
pub struct Opened {
    /// The author and the attempt.
    pub call: Call,
    /// How to import.
    pub request: Request,
    /// The media, stored in files.
    pub media: Media,
    /// The lines.
    pub lines: Receiver,
}

fn malformed(said: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, said.into())
}

impl Receiver {
    /// Reads a body up to its first line; media are stored in files in `spool`.
    ///
    /// # Errors
    /// When the body ends early or does not begin as required.
    pub fn open(raw: Box<dyn Read + Send>, spool: &std::path::Path) -> io::Result<Opened> {
        let mut lines = Self {
            reader: plain(raw)?,
            physical: 0,
            pending: None,
            name: "the request".to_owned(),
            line: 1,
            ended: false,
        };
        let first = lines.raw()?.ok_or_else(|| malformed("the body is empty"))?;
        if let Some(fault) = canonical::encoding_fault(&first) {
            return Err(malformed(format!("the body: {}", fault.said)));
        }
        let Ok(Frame::Import { author, operation, request }) = serde_json::from_slice(&first)
        else {
            return Err(malformed(
                "the first line must be {\"cms\":\"import\",\"author\":…,\"request\":{…}}",
            ));
        };
        let media = lines.media(spool)?;
        let call = Call { author, operation, request: serde_json::Value::Null };
        Ok(Opened { call, request, media, lines })
    }

    fn raw(&mut self) -> io::Result<Option<Vec<u8>>> {
        match self.pending.take() {
            Some(text) => Ok(Some(text)),
            None => next_line(&mut *self.reader, &mut self.physical),
        }
    }

    fn media(&mut self, spool: &std::path::Path) -> io::Result<Media> {
        let mut media = Media::default();
        let mut open: Option<(String, PathBuf, std::fs::File, usize)> = None;
        let mut count = 0;
        while let Some(text) = self.raw()? {
            let frame = text.starts_with(MARK).then(|| serde_json::from_slice(&text));
            let (name, base64) = match frame {
                Some(Ok(Frame::Media { name, base64 })) => (name, base64),
                Some(Ok(Frame::LeftOut { name, reason })) => {
                    media.left_out.push(FileLeftOut { source: name, reason });
                    continue;
                }
                _ => {
                    self.pending = Some(text);
                    break;
                }
            };
            if open.as_ref().is_none_or(|(current, ..)| *current != name) {
                finish(&mut media, open.take());
                if media.spool.is_none() {
                    media.spool = Some(tempfile::tempdir_in(spool)?);
                }
                count += 1;
                let spool = media.spool.as_ref().expect("made above");
                // Never the sender's name, which is text and not a path.
                let path = spool.path().join(count.to_string());
                open = Some((name, path.clone(), std::fs::File::create(path)?, 0));
            }
            let (name, _, file, size) = open.as_mut().expect("opened above");
            let piece =
                piece_of(&base64).map_err(|said| malformed(format!("media {name:?}: {said}")))?;
            *size += piece.len();
            if *size > OBJECT_SIZE_BYTES_MAX {
                let said = format!("media {name:?} is larger than {OBJECT_SIZE_BYTES_MAX} bytes");
                return Err(malformed(said));
            }
            file.write_all(&piece)?;
        }
        finish(&mut media, open);
        Ok(media)
    }
}

fn finish(media: &mut Media, open: Option<(String, PathBuf, std::fs::File, usize)>) {
    if let Some((name, path, ..)) = open {
        media.add(name, path);
    }
}

impl Iterator for Receiver {
    type Item = io::Result<ImportLine>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.ended {
                return None;
            }
            let text = match self.raw() {
                Ok(Some(text)) => text,
                Ok(None) => {
                    self.ended = true;
                    return Some(Err(malformed(
                        "the body ended before its end: {\"cms\":\"end\"} is missing",
                    )));
                }
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            };
            if text.starts_with(MARK)
                && let Ok(frame) = serde_json::from_slice(&text)
            {
                match frame {
                    Frame::Source { name, line } => (self.name, self.line) = (name, line),
                    Frame::End => self.ended = true,
                    Frame::Media { .. } | Frame::LeftOut { .. } | Frame::Import { .. } => {
                        self.ended = true;
                        return Some(Err(malformed("media must come before the first line")));
                    }
                }
                continue;
            }
            let number = self.line;
            self.line += 1;
            return Some(Ok(ImportLine { number, source: self.name.clone(), text }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cms_core::repo::MediaSource;

    #[test]
    fn what_is_sent_is_what_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        std::fs::create_dir(path("media")).unwrap();
        std::fs::write(path("media/big"), vec![7; PIECE_SIZE_BYTES + 9]).unwrap();
        std::fs::write(path("media/empty"), []).unwrap();
        std::fs::write(path("a.ndjson"), "one\n\ntwo\nthree\n").unwrap();
        let request = Request {
            branch: "main".into(),
            skip_invalid: true,
            prune: false,
            prune_at_most: Default::default(),
            message: "é".into(),
        };
        let call = Call { author: "ana".into(), operation: None, request: serde_json::Value::Null };
        let paths = [directory.path().to_owned()];
        let sender = Sender::new(&call, request, Input::of(&paths).unwrap()).unwrap();
        let spool = tempfile::tempdir().unwrap();
        let opened = Receiver::open(Box::new(sender), spool.path()).unwrap();
        assert_eq!((&*opened.call.author, &*opened.request.message), ("ana", "é"));
        assert_eq!(opened.media.bytes("big").unwrap().len(), PIECE_SIZE_BYTES + 9);
        let expected = Input::of(&paths).unwrap();
        assert_eq!(opened.media.names(), expected.media.names());
        let told = |line: io::Result<ImportLine>| {
            let line = line.unwrap();
            (line.number, line.source, line.text)
        };
        let got: Vec<_> = opened.lines.map(told).collect();
        assert_eq!(got, expected.map(told).collect::<Vec<_>>());
    }

    #[test]
    fn a_body_that_ends_early_is_an_error() {
        let body = b"{\"cms\":\"import\",\"author\":\"a\",\"request\":{}}\n{\"key\":1}\n".to_vec();
        let spool = tempfile::tempdir().unwrap();
        let opened = Receiver::open(Box::new(io::Cursor::new(body)), spool.path()).unwrap();
        let outcomes: Vec<bool> = opened.lines.map(|line| line.is_ok()).collect();
        assert_eq!(outcomes, [true, false]);
    }
}

//! Every whole frame of the journals, whatever lies between them.

use std::ops::RangeInclusive;

use bytes::Bytes;

use super::{
    super::{
        super::{
            OpenError,
            file::{self, FileError, FileKind, display_name},
            frame::{self, Frame, JOURNAL_HEADER_SIZE_BYTES, JournalHeader},
            journal::{LiveJournal, Stretch, WalkOn, payload_of},
            payload::{self, Payload, Written},
        },
        carve::carve,
    },
    Surveyor, damage_of, of_the_store,
};
use crate::{
    engine::{Cell, Damage, Lost, Position},
    model::object::Space,
};

/// A damaged stretch may reach this far above the last known position.
const POSITIONS_AHEAD: u64 = 1 << 20;

/// A damage whose lost transactions are counted once the next whole frame gives its position.
pub(super) struct Pending {
    /// Its index in the list of damages.
    damage: usize,
    /// How many journals there were at that time.
    journal: usize,
    stretch: Option<Stretch>,
    bytes: Bytes,
}

impl Surveyor<'_> {
    pub(super) fn read_journals(&mut self) -> Result<(), OpenError> {
        let (disk, directory) = (&*self.options.disk, &self.options.directory);
        let names = disk.list(directory).map_err(FileError::io(directory))?;
        let numbers = names.iter().filter_map(|name| match FileKind::parse(name) {
            Some((FileKind::Journal, number)) => Some(number),
            _ => None,
        });
        let newest = self.known.ends.keys().next_back().copied().unwrap_or(u64::MAX);
        let numbers = numbers.filter(|number| *number > self.manifest.journal && *number <= newest);
        let mut numbers: Vec<u64> = numbers.collect();
        numbers.sort_unstable();
        let first = self.manifest.journal + 1;
        // The very first journal is begun after the manifest was written.
        let is_new = numbers.is_empty() && first == 1 && !self.was_acknowledged();
        let last = numbers.last().copied().unwrap_or(first);
        for number in (first..=last).filter(|_| !is_new) {
            if numbers.binary_search(&number).is_ok() {
                self.read_journal(number, number == last)?;
            } else {
                let path = self.path(FileKind::Journal, number);
                self.lose(
                    Damage::of(display_name(&path), None, "the file is missing"),
                    None,
                    &Bytes::new(),
                );
            }
        }
        Ok(())
    }

    fn read_journal(&mut self, number: u64, is_last: bool) -> Result<(), OpenError> {
        let disk = &*self.options.disk;
        let path = self.path(FileKind::Journal, number);
        let read = disk.open_to_read(&path).and_then(|file| {
            // Not mapped: the process that writes to it may shorten it by bytes that were never acknowledged.
            let end = self.known.ends.get(&number).copied().unwrap_or(u64::MAX);
            let size_bytes = disk.size_bytes(&path)?.min(end);
            let mut bytes = vec![0; usize::try_from(size_bytes).unwrap_or(usize::MAX)];
            file.read_at(0, &mut bytes)?;
            Ok((file, Bytes::from(bytes)))
        });
        let (file, bytes) = match read {
            Ok(read) => read,
            Err(error) => {
                let damage = of_the_store(FileError::io(&path)(error))?;
                self.lose(damage, None, &Bytes::new());
                return Ok(());
            }
        };
        let version = file::check_header(FileKind::Journal, &path, &bytes);
        if let Err(error @ FileError::Newer { .. }) = version {
            return Err(error.into());
        }
        let written = version.ok().and_then(|()| JournalHeader::decode(&bytes));
        let has_header = written.is_some();
        let header = written.unwrap_or_else(|| JournalHeader {
            number,
            store: self.manifest.store,
            seed: self.manifest.seed(number),
            previous: self.chain,
            first_sequence: self.sequence,
            position: self.position,
            boot: [0; 16],
        });
        let is_begun = bytes.len() > JOURNAL_HEADER_SIZE_BYTES;
        if !is_begun
            && is_last
            && (!has_header || header.first_sequence < self.sequence)
            && !self.was_acknowledged()
        {
            // Abandoned while it was begun: nothing in it was ever acknowledged.
            return Ok(());
        }
        if !is_begun && has_header && is_last && self.was_acknowledged() {
            let damage =
                Damage::of(display_name(&path), Some(bytes.len() as u64), "the file is cut off");
            self.lose(damage, None, &Bytes::new());
        }
        let follows = header.previous == self.chain && header.first_sequence == self.sequence;
        if has_header && !follows && self.pending.is_empty() {
            let detail = "the journal does not follow the one before";
            self.lose(Damage::of(display_name(&path), Some(0), detail), None, &Bytes::new());
        }
        let walk = match has_header {
            true => WalkOn::new(&header, &bytes),
            false => WalkOn::without_header(&header, &bytes),
        };
        self.journals.push(LiveJournal::new(header, path, file));
        self.walk(walk, &bytes, is_last);
        Ok(())
    }

    fn walk(&mut self, mut walk: WalkOn<'_>, bytes: &Bytes, is_last: bool) {
        let at = self.journals.len() - 1;
        while let Some(found) = walk.next() {
            match found {
                Ok((frame_at, frame)) => self.take_frame(frame_at, &frame),
                // Cut off while it was written: it was never acknowledged.
                Err(stretch) if stretch.is_last && is_last && !self.was_acknowledged() => break,
                Err(stretch) => {
                    let file = display_name(&self.journals[at].path);
                    let damage = Damage::of(file, Some(stretch.bytes.start as u64), stretch.detail);
                    self.lose(damage, Some(stretch), bytes);
                }
            }
            (self.sequence, self.chain) = walk.next_frame();
        }
        self.journals[at].end = bytes.len() as u64;
    }

    fn take_frame(&mut self, at: usize, frame: &Frame<'_>) {
        let journal = self.journals.last_mut().expect("it is being read");
        let added = payload_of(&journal.path, at, frame)
            .and_then(|payload| journal.add_payload(at, &payload).map(|()| payload));
        let payload = match added {
            Ok(payload) => payload,
            Err(error) => return self.damages.push(damage_of(error)),
        };
        let Payload::Transactions(transactions) = payload else { return };
        if let Some(first) = transactions.first() {
            self.settle_pending(Some(first.position));
        }
        self.take_transactions(transactions);
    }

    fn take_transactions(&mut self, transactions: Vec<Written<'_>>) {
        for written in transactions {
            self.position = self.position.max(written.position);
            self.operations.push(Position(written.position), written.operation);
            for change in written.cells {
                let value = change.value.map(Bytes::copy_from_slice);
                if let (Some((key, values)), Some(value)) = (&mut self.watched, &value)
                    && key == change.key
                {
                    values.push(Cell { version: change.version, value: value.clone() });
                }
                self.cells.insert(change.key.to_vec(), (change.version, value));
            }
        }
    }

    /// Takes what the damaged frames of a stretch did to cells, if the damage of each is located in one of its objects:
    /// the frame can be read to its end, and one of its objects does not hash to its id. Returns whether all of the
    /// stretch was taken.
    fn take_located(
        &mut self,
        bytes: &[u8],
        stretch: &Stretch,
        positions: &RangeInclusive<u64>,
    ) -> bool {
        let bytes = bytes.get(..stretch.bytes.end).unwrap_or(bytes);
        let mut at = stretch.bytes.start;
        let mut taken = true;
        while at < bytes.len() {
            let Ok(frame) = frame::read_known(&bytes[at..]) else { return false };
            at += frame.size_bytes;
            let Ok(Payload::Transactions(transactions)) = payload::read(frame.payload) else {
                taken = false;
                continue;
            };
            let mut objects = transactions.iter().flat_map(|written| &written.objects);
            let is_located = objects.any(|object| !object.header.is_whole(object.record))
                && transactions.iter().all(|written| positions.contains(&written.position));
            if is_located {
                self.take_transactions(transactions);
            }
            taken &= is_located;
        }
        taken
    }

    /// Notes damage whose lost transactions are not known yet.
    fn lose(&mut self, damage: Damage, stretch: Option<Stretch>, bytes: &Bytes) {
        self.damages.push(damage);
        let (damage, journal) = (self.damages.len() - 1, self.journals.len());
        self.pending.push(Pending { damage, journal, stretch, bytes: bytes.clone() });
    }

    /// Determines which transactions the damages before a position cost, and takes what is whole out of them.
    pub(super) fn settle_pending(&mut self, next: Option<u64>) {
        let first = self.position + 1;
        let last = next.map(|next| next - 1);
        let sealed = self.manifest.segments.iter().filter_map(|entry| entry.space.parse().ok());
        let live = self.journals.iter().flat_map(LiveJournal::spaces).cloned();
        let spaces = sealed.chain(live).chain([Space::Source, Space::Public]).collect();
        for Pending { damage, journal, stretch, bytes } in std::mem::take(&mut self.pending) {
            if last.is_none_or(|last| last >= first) {
                self.damages[damage].lost = Lost::Transactions { first, last };
            }
            let there = stretch.filter(|stretch| !stretch.bytes.is_empty());
            let (Some(stretch), Some(journal)) = (there, journal.checked_sub(1)) else {
                self.lacks_frames |= last.is_none_or(|last| last >= first);
                continue;
            };
            let positions = first..=last.unwrap_or(first + POSITIONS_AHEAD);
            let taken = self.take_located(&bytes, &stretch, &positions);
            let found = carve(&mut self.journals[journal], &bytes, &stretch, &positions, &spaces);
            self.damages.extend(found);
            if taken {
                self.damages[damage]
                    .detail
                    .push_str("; what else it changed is taken as it stands");
            } else {
                self.doubtful.push(positions);
            }
        }
    }
}

/** Captions as text: what is said in a video, each part with its time, read by the browser's own WebVTT parser. */

/**
 * @param {string} address the address of a WebVTT file of this origin
 * @returns {Promise<{from: number, to: number, text: string}[]>} in the file's order, without cues that show nothing
 */
export async function cues(address) {
  const track = document.createElement("track");
  track.kind = "captions";
  track.src = address;
  // A browser reads a track only for a video, but the video needs no film for that.
  document.createElement("video").append(track);
  const read = new Promise((resolve, reject) => {
    track.addEventListener("load", resolve, { once: true });
    track.addEventListener("error", () => reject(new Error(`no captions at ${address}`)), { once: true });
  });
  track.track.mode = "hidden";
  await read;
  return [...track.track.cues].map((cue) => ({ from: cue.startTime, to: cue.endTime, text: spoken(cue) })).filter(({ text }) => text !== "");
}

/** The words of a cue in one line, after the name of the speaker if the file has it. */
function spoken(cue) {
  const words = cue.getCueAsHTML();
  // A word's reading stands above it, and would repeat the word here.
  words.querySelectorAll("rt").forEach((reading) => reading.remove());
  words.querySelectorAll("span[title]").forEach((voice) => voice.title && voice.prepend(`${voice.title}: `));
  return words.textContent.replaceAll(/\s+/g, " ").trim();
}

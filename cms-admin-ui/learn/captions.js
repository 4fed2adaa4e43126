/** Captions as text: what is said in a video, each part with its time, as the browser itself reads WebVTT. */

/**
 * @param {string} address of a WebVTT file of this origin
 * @returns {Promise<{from: number, to: number, text: string}[]>} in the file's order; what shows nothing is left out
 */
export async function cues(address) {
  const track = document.createElement("track");
  track.kind = "captions";
  track.src = address;
  // A track is read for the sake of a video, which needs no film for that.
  document.createElement("video").append(track);
  const read = new Promise((resolve, reject) => {
    track.addEventListener("load", resolve, { once: true });
    track.addEventListener("error", () => reject(new Error(`no captions at ${address}`)), { once: true });
  });
  track.track.mode = "hidden";
  await read;
  return [...track.track.cues].map((cue) => ({ from: cue.startTime, to: cue.endTime, text: spoken(cue) })).filter(({ text }) => text !== "");
}

/** The words of a cue in one line, after who says them where the file tells. */
function spoken(cue) {
  const words = cue.getCueAsHTML();
  // How a word is read stands above it, and says it twice here.
  words.querySelectorAll("rt").forEach((reading) => reading.remove());
  words.querySelectorAll("span[title]").forEach((voice) => voice.title && voice.prepend(`${voice.title}: `));
  return words.textContent.replaceAll(/\s+/g, " ").trim();
}

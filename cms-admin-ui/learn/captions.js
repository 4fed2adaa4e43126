/** Captions as text: the parts of a WebVTT file that are spoken, each with its time. */

const TIME = /^(?:(\d+):)?(\d{2}):(\d{2})[.,](\d{3})$/;

function seconds(text) {
  const found = TIME.exec(text?.trim() ?? "");
  return found ? Number(found[1] ?? 0) * 3600 + Number(found[2]) * 60 + Number(found[3]) + Number(found[4]) / 1000 : null;
}

/**
 * @param {string} file
 * @returns {{from: number, to: number, text: string}[]} in the file's order; what is not a cue is left out
 */
export function cues(file) {
  const blocks = file.replace(/^\ufeff/, "").replaceAll(/\r\n?/g, "\n").split(/\n{2,}/);
  return blocks.flatMap((block) => {
    const lines = block.split("\n");
    const at = lines.findIndex((line) => line.includes("-->"));
    if (at < 0) return [];
    const [start, end] = lines[at].split("-->");
    const [from, to] = [seconds(start), seconds(end?.trim().split(/\s+/)[0])];
    const text = lines.slice(at + 1).join(" ").replaceAll(/<[^>]*>/g, "").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&nbsp;", " ").replaceAll("&amp;", "&").trim();
    return from === null || to === null || !text ? [] : [{ from, to, text }];
  });
}

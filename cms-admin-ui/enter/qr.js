/**
 * QR codes (ISO/IEC 18004), as far as the address of an authenticator’s secret needs them: bytes, the lowest level of
 * correction (a screen is clean), versions 1 to 20. The secret must not leave the page, so nothing else draws it.
 */

/** Bytes of correction in each block, and blocks, by version (table 9, level L). */
const CORRECTION = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28];
const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8];

/** The eight masks (table 10): whether a module is turned over. */
const MASKS = [
  (x, y) => (x + y) % 2 === 0, (x, y) => y % 2 === 0, (x) => x % 3 === 0, (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0, (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** Places of the centres of the small squares, across and down. */
function centres(version) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.floor((version * 8 + count * 3 + 5) / (count * 4 - 4)) * 2;
  const places = Array.from({ length: count - 1 }, (_, at) => version * 4 + 10 - at * step);
  return [6, ...places.reverse()];
}

/** How many bytes a version holds, correction included. */
function capacity(version) {
  let modules = (16 * version + 128) * version + 64;
  if (version > 1) {
    const count = Math.floor(version / 7) + 2;
    modules -= (25 * count - 10) * count - 55;
  }
  if (version > 6) modules -= 36;
  return Math.floor(modules / 8);
}

/** The product in the field of 256 elements with the polynomial 0x11d. */
function times(one, other) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    if ((other >> bit) & 1) product ^= one;
  }
  return product;
}

function divisorOf(degree) {
  const divisor = [...Array(degree - 1).fill(0), 1];
  let root = 1;
  for (let round = 0; round < degree; round += 1) {
    for (let at = 0; at < degree; at += 1) divisor[at] = times(divisor[at], root) ^ (divisor[at + 1] ?? 0);
    root = times(root, 2);
  }
  return divisor;
}

/** The bytes of correction for a block (Reed and Solomon). */
function remainder(block, divisor) {
  const rest = Array(divisor.length).fill(0);
  for (const byte of block) {
    const factor = byte ^ rest.shift();
    rest.push(0);
    divisor.forEach((part, at) => { rest[at] ^= times(part, factor); });
  }
  return rest;
}

/** The text as bytes with their length, filled up to what the version holds. */
function filled(bytes, version, size) {
  const bits = [];
  const put = (value, count) => { for (let bit = count - 1; bit >= 0; bit -= 1) bits.push((value >> bit) & 1); };
  put(4, 4);
  put(bytes.length, version < 10 ? 8 : 16);
  bytes.forEach((byte) => put(byte, 8));
  put(0, Math.min(4, size * 8 - bits.length));
  put(0, (8 - (bits.length % 8)) % 8);
  const whole = Array.from({ length: bits.length / 8 }, (_, at) => parseInt(bits.slice(at * 8, at * 8 + 8).join(""), 2));
  for (let pad = 0xec; whole.length < size; pad ^= 0xec ^ 0x11) whole.push(pad);
  return whole;
}

/** Splits data into blocks, corrects each, and takes a byte of each in turn. */
function interleaved(data, version) {
  const [count, correction, total] = [BLOCKS[version - 1], CORRECTION[version - 1], capacity(version)];
  const short = Math.floor(total / count) - correction;
  const longs = total % count;
  const divisor = divisorOf(correction);
  let from = 0;
  const blocks = Array.from({ length: count }, (_, at) => {
    const block = data.slice(from, (from += short + (at < count - longs ? 0 : 1)));
    return { block, rest: remainder(block, divisor) };
  });
  const inTurn = (lists, most) => Array.from({ length: most }, (_, at) => lists.map((list) => list[at])).flat().filter((byte) => byte !== undefined);
  return [...inTurn(blocks.map(({ block }) => block), short + 1), ...inTurn(blocks.map(({ rest }) => rest), correction)];
}

/** A grid with what every code of a version has; `null` where data goes. */
function frame(version) {
  const size = version * 4 + 17;
  const grid = Array.from({ length: size }, () => Array(size).fill(null));
  const set = (x, y, isDark) => { if (x >= 0 && y >= 0 && x < size && y < size) grid[y][x] = isDark; };
  for (let at = 0; at < size; at += 1) { set(6, at, at % 2 === 0); set(at, 6, at % 2 === 0); }
  const square = (cx, cy, reach, isDark) => {
    for (let y = -reach; y <= reach; y += 1) for (let x = -reach; x <= reach; x += 1) set(cx + x, cy + y, isDark(Math.max(Math.abs(x), Math.abs(y))));
  };
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) square(x, y, 4, (ring) => ring !== 2 && ring !== 4);
  const places = centres(version);
  const last = places.length - 1;
  places.forEach((x, i) => places.forEach((y, j) => {
    const isCorner = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0);
    if (!isCorner) square(x, y, 2, (ring) => ring !== 1);
  }));
  if (version > 6) writeVersion(version, size, set);
  return grid;
}

function writeVersion(version, size, set) {
  let rest = version;
  for (let round = 0; round < 12; round += 1) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
  const bits = (version << 12) | rest;
  for (let at = 0; at < 18; at += 1) {
    const [far, near] = [size - 11 + (at % 3), Math.floor(at / 3)];
    set(far, near, ((bits >> at) & 1) === 1);
    set(near, far, ((bits >> at) & 1) === 1);
  }
}

/** Writes the level and the mask, twice. */
function writeFormat(grid, mask) {
  const size = grid.length;
  const data = (1 << 3) | mask;
  let rest = data;
  for (let round = 0; round < 10; round += 1) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
  const bits = ((data << 10) | rest) ^ 0x5412;
  const isDark = (at) => ((bits >> at) & 1) === 1;
  for (let at = 0; at < 15; at += 1) {
    grid[at < 6 ? at : at < 8 ? at + 1 : size - 15 + at][8] = isDark(at);
    grid[8][at < 8 ? size - 1 - at : at < 9 ? 7 : 14 - at] = isDark(at);
  }
  grid[size - 8][8] = true;
}

/** Places where data goes: two columns at a time from the right, up and down. */
function* path(size) {
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) {
      const isUp = ((right + 1) & 2) === 0;
      for (const x of [right, right - 1]) yield [x, isUp ? size - 1 - step : step];
    }
  }
}

/** How hard a grid is to read: long runs, squares of one colour, one colour that prevails (section 7.8.3). */
function penalty(grid) {
  const size = grid.length;
  let sum = 0;
  for (const rows of [grid, grid[0].map((_, x) => grid.map((row) => row[x]))]) {
    for (const row of rows) {
      for (const run of row.map(Number).join("").match(/0+|1+/g)) if (run.length >= 5) sum += run.length - 2;
      const line = row.map(Number).join("");
      for (const shape of [/(?=10111010000)/g, /(?=00001011101)/g]) sum += 40 * (line.match(shape)?.length ?? 0);
    }
  }
  for (let y = 1; y < size; y += 1) {
    for (let x = 1; x < size; x += 1) if (grid[y][x] === grid[y - 1][x] && grid[y][x] === grid[y][x - 1] && grid[y][x] === grid[y - 1][x - 1]) sum += 3;
  }
  const dark = grid.flat().filter(Boolean).length / (size * size);
  return sum + 10 * Math.floor(Math.abs(dark * 20 - 10));
}

/**
 * The modules of a code, row by row; dark ones are true.
 * @param {string} text
 * @returns {boolean[][]|null} null when the text is too long
 */
export function qr(text) {
  const bytes = [...new TextEncoder().encode(text)];
  const sizeOf = (version) => capacity(version) - CORRECTION[version - 1] * BLOCKS[version - 1];
  const version = CORRECTION.findIndex((_, at) => bytes.length + (at < 9 ? 2 : 3) <= sizeOf(at + 1)) + 1;
  if (version === 0) return null;
  const stream = interleaved(filled(bytes, version, sizeOf(version)), version);
  const plain = frame(version);
  writeFormat(plain, 0);
  const free = [...path(plain.length)].filter(([x, y]) => plain[y][x] === null);
  const grids = MASKS.map((turns, mask) => {
    const grid = plain.map((row) => [...row]);
    free.forEach(([x, y], at) => { grid[y][x] = (((stream[at >> 3] ?? 0) >> (7 - (at & 7))) & 1) === 1 ? !turns(x, y) : turns(x, y); });
    writeFormat(grid, mask);
    return grid;
  });
  return grids.reduce((best, grid) => (penalty(grid) < penalty(best) ? grid : best));
}

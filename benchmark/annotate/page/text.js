// Offsets: the records count Unicode code points, the browser UTF-16 units.

// Code points before UTF-16 offset `unit`; one in the middle of a pair counts as after it.
export function toPoints(text, unit) {
  let points = 0;
  for (let i = 0; i < unit && i < text.length; points++) i += text.codePointAt(i) > 0xffff ? 2 : 1;
  return points;
}

export function toUnits(text, points) {
  let unit = 0;
  for (let n = 0; n < points && unit < text.length; n++) unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
  return unit;
}

export const slice = (text, start, end) => text.slice(toUnits(text, start), toUnits(text, end));

// Words as {start, end} in code points: what stands between white space.
export function wordsOf(text) {
  const found = [];
  for (const match of text.matchAll(/\S+/gu)) {
    found.push({ start: toPoints(text, match.index), end: toPoints(text, match.index + match[0].length) });
  }
  return found;
}

// The range without white space at its ends; null when nothing is left.
export function trimmed(text, start, end) {
  const points = Array.from(text);
  while (start < end && /\s/u.test(points[start])) start++;
  while (end > start && /\s/u.test(points[end - 1])) end--;
  return start < end ? { start, end } : null;
}

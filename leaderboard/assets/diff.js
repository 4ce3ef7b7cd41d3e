// Words that differ between two texts, by longest common subsequence.
"use strict";

// A word or two that two changed stretches happen to share only tears them apart: they count as changed too.
const joined = (parts) => {
  const whole = [];
  parts.forEach(([kind, text], i) => {
    const stray = kind === "same" && i > 0 && i < parts.length - 1 && (text.match(/[\p{L}\p{N}]+/gu) ?? []).length < 3;
    for (const one of stray ? ["removed", "added"] : [kind]) {
      let last = whole.length - 1;
      while (last >= 0 && whole[last][0] !== one && whole[last][0] !== "same" && one !== "same") last -= 1;
      if (last >= 0 && whole[last][0] === one) whole[last][1] += text;
      else whole.push([one, text]);
    }
  });
  return whole;
};

// Gives [kind, text] stretches of the second text against the first: "same", "added", and "removed" for what only the first has.
window.wordDiff = (one, two) => {
  const split = (text) => text.match(/[\p{L}\p{N}'’_]+\s*|[^\p{L}\p{N}'’_]\s*/gu) ?? [];
  const [a, b] = [split(one), split(two)];
  let from = 0;
  while (from < a.length && from < b.length && a[from] === b[from]) from += 1;
  let [endA, endB] = [a.length, b.length];
  while (endA > from && endB > from && a[endA - 1] === b[endB - 1]) { endA -= 1; endB -= 1; }
  const [n, m] = [endA - from, endB - from];
  const found = [];
  const push = (kind, text) => {
    if (found.length && found[found.length - 1][0] === kind) found[found.length - 1][1] += text;
    else found.push([kind, text]);
  };
  for (let i = 0; i < from; i += 1) push("same", a[i]);
  // lengths of the longest common subsequence of every pair of tails
  const width = m + 1;
  const length = new Uint16Array((n + 1) * width);
  for (let i = n - 1; i >= 0; i -= 1) {
    for (let j = m - 1; j >= 0; j -= 1) {
      length[i * width + j] = a[from + i] === b[from + j] ? length[(i + 1) * width + j + 1] + 1 : Math.max(length[(i + 1) * width + j], length[i * width + j + 1]);
    }
  }
  let [i, j] = [0, 0];
  while (i < n || j < m) {
    if (i < n && j < m && a[from + i] === b[from + j]) { push("same", a[from + i]); i += 1; j += 1; }
    else if (j >= m || (i < n && length[(i + 1) * width + j] >= length[i * width + j + 1])) { push("removed", a[from + i]); i += 1; }
    else { push("added", b[from + j]); j += 1; }
  }
  for (let k = endA; k < a.length; k += 1) push("same", a[k]);
  return joined(found);
};

// The timed transcript: a time line, a row for each segment, and a selection that mouse, finger and keyboard share.
import { clock, el, words } from "./dom.js";
import { slice, toPoints, toUnits, trimmed, wordsOf } from "./text.js";

const LONG_GAP_S = 1.5;

export class Transcript {
  // `names`: the patterns in order, for numbers and colours. `announce(text)` is read out.
  constructor(sheet, names, announce) {
    this.segments = sheet.segments;
    this.names = names;
    this.announce = announce;
    this.words = this.segments.map((s) => wordsOf(s.text));
    this.cursor = { segment: 0, anchor: null, word: -1 }; // keyboard: the word under the cursor, and where extending began
    this.ranges = [];
    this.texts = [];
    this.rows = el("ol", { class: "transcript", tabindex: "0", "aria-label": "Transcript. Arrow keys move by word, with Shift they select; up and down change the segment." });
    this.node = el("section", { "aria-label": "Transcript" }, this.timeline(sheet), this.rows);
    this.segments.forEach((segment, i) => this.addRow(segment, i));
    this.changed = () => this.fromBrowser();
    document.addEventListener("selectionchange", this.changed);
  }

  close() {
    document.removeEventListener("selectionchange", this.changed);
  }

  timeline(sheet) {
    const end = Math.max(...this.segments.map((s) => s.end_s), 0);
    const budget = sheet.question.time_budget_s;
    const whole = Math.max(end, budget);
    const bar = el("div", { class: "timeline", role: "img", "aria-label": `Time line: ${clock(end)} of ${clock(budget)} used` });
    for (const s of this.segments) {
      const block = el("span", { class: `block ${s.speaker} ${s.kind}`, title: `${clock(s.start_s)}–${clock(s.end_s)} ${s.speaker}, ${s.kind}` });
      block.style.left = `${(100 * s.start_s) / whole}%`;
      block.style.width = `${(100 * (s.end_s - s.start_s)) / whole}%`;
      bar.append(block);
    }
    const mark = el("span", { class: "budget", title: `budget ${clock(budget)}` });
    mark.style.left = `${(100 * budget) / whole}%`;
    bar.append(mark);
    const told = `${clock(end)} of ${clock(budget)} used (${Math.round((100 * end) / budget)} %)`;
    return el("div", { class: "time" }, bar, el("p", { class: "quiet" }, told, sheet.medium === "written" ? " · written: the time is writing time" : ""));
  }

  addRow(segment, i) {
    const gap = i && segment.start_s - this.segments[i - 1].end_s;
    if (gap >= LONG_GAP_S) this.rows.append(el("li", { class: "gap quiet", "aria-label": `pause of ${gap.toFixed(1)} seconds` }, `pause ${gap.toFixed(1)} s`));
    const seconds = segment.end_s - segment.start_s;
    const count = this.words[i].length;
    const rate = segment.kind === "speech" && seconds > 0 && count > 4 ? ` · ${Math.round((60 * count) / seconds)} words/min` : "";
    const head = el("div", { class: "head" }, el("b", {}, segment.speaker), ` ${segment.kind === "speech" ? "" : words(segment.kind) + " "}`, el("span", { class: "quiet" }, `${clock(segment.start_s)}–${clock(segment.end_s)} · ${seconds.toFixed(1)} s${rate}`));
    const text = el(segment.kind === "code" ? "pre" : "p", { class: "text", "data-segment": String(i) });
    this.texts[i] = text;
    this.rows.append(el("li", { class: `segment ${segment.speaker} ${segment.kind}` }, head, text));
  }

  // Draw the text of every segment with the marks on it. Marks are drawn by style only: the text stays the segment's text.
  draw(evidence) {
    this.drawing = true;
    this.segments.forEach((segment, i) => {
      const own = evidence.filter((e) => e.segment === i);
      const node = this.texts[i];
      if (segment.kind === "silence") {
        node.replaceChildren(el("span", { class: "silence-mark" }, `silence, ${(segment.end_s - segment.start_s).toFixed(1)} s`));
        this.paint(node, own.map((e) => e.label), own.map((e) => e.label));
        return;
      }
      const cuts = [...new Set([0, Array.from(segment.text).length, ...own.flatMap((e) => [e.start, e.end])])].sort((a, b) => a - b);
      node.replaceChildren();
      for (let k = 0; k + 1 < cuts.length; k++) {
        const over = own.filter((e) => e.start <= cuts[k] && e.end >= cuts[k + 1]);
        const piece = el("span", {}, slice(segment.text, cuts[k], cuts[k + 1]));
        this.paint(piece, over.map((e) => e.label), over.filter((e) => e.end === cuts[k + 1]).map((e) => e.label));
        node.append(piece);
      }
    });
    this.drawing = false;
    this.show();
  }

  paint(node, labels, ending) {
    const unique = [...new Set(labels)];
    const lines = unique.map((label, n) => `inset 0 -${3 * (n + 1)}px var(--p${this.names.indexOf(label) + 1})`);
    node.style.boxShadow = lines.join(", ");
    node.style.paddingBottom = unique.length ? `${3 * unique.length}px` : "";
    if (unique.length) node.title = unique.map(words).join(", ");
    if (ending.length) node.dataset.ends = [...new Set(ending)].map((label) => this.names.indexOf(label) + 1).join(",");
  }

  // --- selection

  // What is selected, as {segment, start, end} in code points; a silence is an empty range. One range for each segment touched.
  selected() {
    return this.ranges;
  }

  clear() {
    this.ranges = [];
    this.cursor.anchor = null;
    document.getSelection().removeAllRanges();
    this.outline();
  }

  fromBrowser() {
    if (this.drawing) return;
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return; // a tap on a pattern's button must not lose the words
    const range = selection.getRangeAt(0);
    const found = [];
    this.texts.forEach((node, i) => {
      if (!range.intersectsNode(node) || this.segments[i].kind === "silence") return;
      const start = node.contains(range.startContainer) ? this.points(node, i, range.startContainer, range.startOffset) : 0;
      const end = node.contains(range.endContainer) ? this.points(node, i, range.endContainer, range.endOffset) : Array.from(this.segments[i].text).length;
      const kept = trimmed(this.segments[i].text, start, end);
      if (kept) found.push({ segment: i, ...kept });
    });
    // what the keyboard has chosen comes back as an event, late: it is no new choice, and must not end an extension
    if (!found.length || JSON.stringify(found) === JSON.stringify(this.ranges)) return;
    this.ranges = found;
    const last = found[found.length - 1];
    this.cursor = { segment: last.segment, anchor: null, word: this.words[last.segment].findIndex((w) => w.end >= last.end) };
    this.outline();
  }

  points(node, i, container, offset) {
    const before = document.createRange();
    before.setStart(node, 0);
    before.setEnd(container, offset);
    return toPoints(this.segments[i].text, before.toString().length);
  }

  // Show the ranges as the browser's own selection, so that a screen reader follows.
  show() {
    this.outline();
    const first = this.ranges[0];
    if (!first || this.segments[first.segment].kind === "silence") return;
    const last = this.ranges[this.ranges.length - 1];
    const [a, ao] = this.locate(first.segment, first.start, false);
    const [b, bo] = this.locate(last.segment, last.end, true);
    document.getSelection().setBaseAndExtent(a, ao, b, bo);
  }

  locate(segment, points, end) {
    let left = toUnits(this.segments[segment].text, points);
    const pieces = [...this.texts[segment].childNodes].map((piece) => piece.firstChild).filter(Boolean);
    for (const piece of pieces) {
      if (left < piece.length || (end && left === piece.length)) return [piece, left];
      left -= piece.length;
    }
    const last = pieces[pieces.length - 1];
    return [last, last.length];
  }

  outline() {
    this.texts.forEach((node, i) => node.parentNode.classList.toggle("current", i === this.cursor.segment));
    this.texts.forEach((node, i) => node.classList.toggle("chosen", this.segments[i].kind === "silence" && this.ranges.some((r) => r.segment === i)));
  }

  // --- keyboard

  handle(event) {
    const { key } = event;
    if (key === "ArrowRight" || key === "ArrowLeft") {
      const step = key === "ArrowRight" ? 1 : -1;
      if (event.ctrlKey && event.shiftKey) this.byCharacter(step);
      else this.byWord(step, event.shiftKey);
    } else if (key === "ArrowDown" || key === "ArrowUp") this.bySegment(key === "ArrowDown" ? 1 : -1);
    else if (key === "Home" || key === "End") this.toEnd(key === "End", event.shiftKey);
    else if (key === "Escape") this.clear();
    else return false;
    this.show();
    const row = this.texts[this.cursor.segment];
    row.scrollIntoView({ block: "nearest" });
    return true;
  }

  byWord(step, extend) {
    const list = this.words[this.cursor.segment];
    if (!list.length) return this.bySegment(step);
    const next = this.cursor.word + step;
    if (!extend && (next < 0 || next >= list.length)) {
      const before = this.cursor.segment;
      this.bySegment(step);
      if (before !== this.cursor.segment && step < 0) this.place(this.words[this.cursor.segment].length - 1);
      return;
    }
    const word = Math.min(Math.max(next, 0), list.length - 1);
    if (!extend) return this.place(word);
    if (this.cursor.anchor === null) this.cursor.anchor = Math.max(this.cursor.word, 0);
    this.cursor.word = word;
    this.span(this.cursor.anchor, word);
  }

  toEnd(end, extend) {
    const list = this.words[this.cursor.segment];
    if (!list.length) return;
    const word = end ? list.length - 1 : 0;
    if (!extend) return this.place(word);
    if (this.cursor.anchor === null) this.cursor.anchor = Math.max(this.cursor.word, 0);
    this.cursor.word = word;
    this.span(this.cursor.anchor, word);
  }

  byCharacter(step) {
    const range = this.ranges[this.ranges.length - 1];
    if (!range) return;
    const length = Array.from(this.segments[range.segment].text).length;
    range.end = Math.min(Math.max(range.end + step, range.start + 1), length);
    this.announce(slice(this.segments[range.segment].text, range.start, range.end));
  }

  bySegment(step) {
    const segment = Math.min(Math.max(this.cursor.segment + step, 0), this.segments.length - 1);
    this.cursor = { segment, anchor: null, word: -1 };
    this.place(0);
  }

  place(word) {
    const { segment } = this.cursor;
    this.cursor.anchor = null;
    if (this.segments[segment].kind === "silence") {
      this.cursor.word = -1;
      this.ranges = [{ segment, start: 0, end: 0 }];
      document.getSelection().removeAllRanges();
      return this.announce(`${this.segments[segment].speaker}, silence`);
    }
    this.cursor.word = word;
    this.span(word, word);
  }

  span(a, b) {
    const { segment } = this.cursor;
    const list = this.words[segment];
    if (!list.length) return;
    const range = { segment, start: list[Math.min(a, b)].start, end: list[Math.max(a, b)].end };
    this.ranges = [range];
    this.announce(slice(this.segments[segment].text, range.start, range.end));
  }
}

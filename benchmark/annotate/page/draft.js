// The work in hand: labels with undo and redo, working time without idle time, and two places where a draft survives.
import { Refusal, call } from "./api.js";

const IDLE_MS = 60000;
const AUTOSAVE_MS = 400;
const EMPTY = { verdict: null, rating: null, pace: null, depth: null, patterns: [], confidence_direction: null, signals: [], evidence: [], rationale: "" };

export const emptyLabels = () => structuredClone(EMPTY);

export class Draft {
  // `path` is the item's API path or null (training: nothing is kept), `place` its name in this browser's storage.
  constructor(path, place, stored, trouble) {
    this.path = path;
    this.place = place;
    this.trouble = trouble;
    this.undone = [];
    this.done = [];
    const here = path && readLocal(place);
    const there = stored.draft;
    const draft = here && (!there || here.seq > there.seq) ? here : there;
    this.labels = { ...emptyLabels(), ...(draft ? draft.labels : stored.labels || {}) };
    this.seconds = Math.max(stored.seconds || 0, draft ? draft.seconds : 0);
    this.seq = draft ? draft.seq : 0;
    this.dirty = Boolean(draft);
    this.active = Date.now();
    this.tick = setInterval(() => this.count(), 1000);
    this.touch = () => (this.active = Date.now());
    for (const name of ["keydown", "pointerdown", "pointermove", "scroll", "wheel"]) document.addEventListener(name, this.touch, { passive: true, capture: true });
    if (here && draft === here) this.later();
  }

  close() {
    clearInterval(this.tick);
    clearTimeout(this.timer);
    for (const name of ["keydown", "pointerdown", "pointermove", "scroll", "wheel"]) document.removeEventListener(name, this.touch, { capture: true });
    if (this.dirty) this.send();
  }

  count() {
    if (document.visibilityState !== "visible" || Date.now() - this.active > IDLE_MS) return;
    this.seconds += 1;
    if (this.dirty && Math.round(this.seconds) % 5 === 0) this.keep();
  }

  // Change the labels; `together` names a run of changes (typing) that one undo takes back.
  change(change, together = null) {
    const before = structuredClone(this.labels);
    change(this.labels);
    if (JSON.stringify(before) === JSON.stringify(this.labels)) return false;
    if (!together || together !== this.together) this.done.push(before);
    this.together = together;
    this.undone = [];
    this.keep();
    return true;
  }

  undo() {
    return this.travel(this.done, this.undone);
  }

  redo() {
    return this.travel(this.undone, this.done);
  }

  travel(from, to) {
    const labels = from.pop();
    if (!labels) return false;
    to.push(structuredClone(this.labels));
    this.labels = labels;
    this.together = null;
    this.keep();
    return true;
  }

  keep() {
    this.dirty = true;
    this.seq = Math.max(Date.now(), this.seq + 1);
    if (!this.path) return;
    this.told("");
    try {
      localStorage.setItem(this.place, JSON.stringify({ labels: this.labels, seconds: this.seconds, seq: this.seq }));
    } catch {
      // full or forbidden: the server's copy is left
    }
    this.later();
  }

  told(text) {
    const place = document.getElementById("saved");
    if (place) place.textContent = text;
  }

  later(pause = AUTOSAVE_MS) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), pause);
  }

  send() {
    clearTimeout(this.timer);
    if (!this.path || !this.dirty) return Promise.resolve();
    this.sending = (this.sending || Promise.resolve()).catch(() => {}).then(() => this.transmit());
    return this.sending;
  }

  // Nothing of this draft is on its way any more: a late draft must not arrive after the labels.
  settle() {
    clearTimeout(this.timer);
    return (this.sending || Promise.resolve()).catch(() => {});
  }

  async transmit() {
    const sent = this.seq;
    try {
      await call(`${this.path}/draft`, "PUT", { labels: this.labels, seconds: this.seconds, seq: sent });
      this.trouble(false);
      if (this.dirty && this.seq > sent) this.later();
      else this.told("draft saved");
    } catch (error) {
      if (error instanceof Refusal) throw error; // the link was ended, say: whoever types should know
      this.trouble(true);
      this.later(1500);
    }
  }

  // The server has the labels for good.
  saved() {
    this.dirty = false;
    clearTimeout(this.timer);
    localStorage.removeItem(this.place);
  }
}

function readLocal(place) {
  try {
    return JSON.parse(localStorage.getItem(place));
  } catch {
    return null;
  }
}

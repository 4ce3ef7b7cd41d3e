// One answer: time line, transcript with evidence, every annotator's labels, every scorer's prediction, and its twin.
"use strict";

(async () => {
  const { load, h, svg, number, words, clock, view, keep, fail } = sdb;
  const [site, index] = await Promise.all([load("site"), load("index")]);
  const place = new Map(index.answers.map((row, i) => [row[0], i]));
  const KIND = { human: "person", model: "model", author: "author", adjudicator: "adjudicator" };
  let state = {};
  let board = "0";

  // Offsets count code points, JavaScript's strings count UTF-16 units.
  const pieces = (text, ranges) => {
    const points = Array.from(text);
    const inside = ranges.map((r) => ({ ...r, start: Math.max(0, Math.min(r.start, points.length)), end: Math.max(0, Math.min(r.end, points.length)) })).filter((r) => r.end > r.start);
    const cuts = [...new Set([0, points.length, ...inside.flatMap((r) => [r.start, r.end])])].sort((x, y) => x - y);
    return cuts.slice(1).map((end, i) => ({ text: points.slice(cuts[i], end).join(""), on: inside.filter((r) => r.start <= cuts[i] && r.end >= end) }));
  };

  // No corpus says which language its code is in: what most of them share is coloured.
  const TOKEN = /(?<c>#.*|\/\/.*|\/\*[\s\S]*?\*\/)|(?<s>"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<k>\b(?:and|as|assert|async|await|break|case|class|const|continue|def|del|do|elif|else|except|finally|for|from|function|global|if|import|in|is|lambda|let|new|nonlocal|not|or|pass|raise|return|switch|throw|try|var|while|with|yield|None|True|False|null|true|false|select|where|group|order|by|join|on)\b)|(?<f>\b[A-Za-z_]\w*(?=\())|(?<n>\b\d[\w.]*)/g;
  const tokens = (code) => [...code.matchAll(TOKEN)].map((m) => {
    const start = Array.from(code.slice(0, m.index)).length;
    return { start, end: start + Array.from(m[0]).length, token: Object.keys(m.groups).find((name) => m.groups[name] !== undefined) };
  });

  const sources = (id, answer, predictions) => [
    ...answer.annotations.map((a) => ({ key: `annotator:${a.by}`, name: a.by, kind: site.annotators[a.by]?.[0] ?? "model", about: site.annotators[a.by]?.[1] ?? "", given: a })),
    ...Object.entries(predictions).filter(([, own]) => own[id]).map(([run, { [id]: given }]) => ({ key: `scorer:${run}`, name: site.runs[board][run]?.[0] ?? run, kind: site.runs[board][run]?.[1] ?? "scorer", scorer: run, given })),
  ];
  const marksFor = (all, shown, only) => all.filter((s) => (only ? s.key === only.key : shown.has(s.key))).flatMap((s) => (s.given.evidence ?? [])
    .filter((e) => !only || e.label === only.label).map((e) => ({ ...e, source: s })));

  const timeline = (question, answer, columns = 1) => {
    const wide = Math.round(Math.min(1300, Math.max(320, (innerWidth - 40) / (innerWidth > 900 ? columns : 1))));
    const end = Math.max(question.budget, ...answer.segments.map((s) => s.to));
    const x = (t) => (wide * t) / end;
    const step = [15, 30, 60, 120, 300, 600].find((s) => end / s <= wide / 110) ?? 1200;
    const ticks = Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step);
    const blocks = answer.segments.map((s, i) => {
      const kind = s.kind === "silence" ? "silence" : s.who === "interviewer" ? "interviewer" : s.kind === "code" ? "code" : "candidate";
      return svg("a", { href: `#segment-${i}`, class: `block ${kind}`, "aria-label": `${kind}, ${clock(s.from)} to ${clock(s.to)}`, onclick: (event) => {
        event.preventDefault();
        const target = document.getElementById(`segment-${i}`);
        target.scrollIntoView({ block: "center", behavior: "smooth" });
        target.focus({ preventScroll: true });
      } }, svg("title", {}, `${kind}, ${clock(s.from)} to ${clock(s.to)}`), svg("rect", { x: x(s.from).toFixed(1), width: Math.max(2, x(s.to) - x(s.from) - 1).toFixed(1), y: s.who === "interviewer" ? 4 : 14, height: 22, rx: 2 }));
    });
    return h("figure", { class: "timeline" }, svg("svg", { viewBox: `0 0 ${wide} 62`, role: "group", "aria-label": "Time line of the answer" },
      svg("line", { class: "axis", x1: 0, x2: wide, y1: 42, y2: 42 }), blocks,
      svg("line", { class: "budget", x1: x(question.budget).toFixed(1), x2: x(question.budget).toFixed(1), y1: 0, y2: 46 }),
      ticks.map((t) => svg("text", { class: "tick", x: Math.min(x(t) + 1, wide - 16).toFixed(1), y: 58, "text-anchor": t ? "middle" : "start" }, clock(t)))),
    h("figcaption", {}, ["candidate", "code", "silence", "interviewer"].map((k) => h("span", { class: `key ${k}` }, k)), h("span", { class: "key budget" }, `budget ${clock(question.budget)}`)));
  };

  const transcript = (answer, marks, prefix = "segment") => answer.segments.map((s, i) => {
    const head = h("p", { class: "when" }, `${clock(s.from)}–${clock(s.to)} · ${s.who === "interviewer" ? "interviewer" : s.kind === "speech" || s.kind === "text" ? "candidate" : `candidate, ${s.kind}`}`);
    const own = marks.filter((m) => m.segment === i);
    const attributes = { class: `segment ${s.who} ${s.kind}`, id: `${prefix}-${i}`, tabindex: "-1" };
    if (s.kind === "silence" || !s.text) {
      const said = own.map((m) => `${words(m.label)} (${m.source.name})`);
      return h("section", attributes, head, h("p", { class: "quiet" }, `${Math.round(s.to - s.from)} s of silence`, said.length ? h("mark", { class: "ev", title: said.join("; ") }, ` ${said.join("; ")}`) : null));
    }
    const ranges = [...own.map((m) => ({ start: m.start, end: m.end, mark: m })), ...(s.kind === "code" ? tokens(s.text) : [])];
    const parts = pieces(s.text, ranges).map(({ text, on }) => {
      const token = on.find((r) => r.token)?.token;
      const found = on.filter((r) => r.mark).map((r) => r.mark);
      const inner = token ? h("span", { class: `tok-${token}` }, text) : text;
      if (!found.length) return inner;
      const who = [...new Set(found.map((m) => `${words(m.label)} (${m.source.name})`))];
      const kinds = new Set(found.map((m) => (m.source.scorer ? "by-scorer" : "by-annotator")));
      return h("mark", { class: `ev ${[...kinds].join(" ")} deep-${Math.min(3, who.length)}`, title: who.join("; ") }, inner);
    });
    return h("section", attributes, head, s.kind === "code" ? h("pre", { tabindex: "0" }, h("code", {}, parts)) : h("p", { class: "said" }, parts));
  });

  const scale = (name, value) => (value === null || value === undefined ? null : h("span", { class: "scale" }, h("small", {}, name), " ", signed(name, value)));
  const signed = (name, value) => {
    const shown = Number.isInteger(value) ? String(value) : value.toFixed(1);
    return name === "rating" ? shown : value > 0 ? `+${shown}` : shown.replace("-", "−");
  };
  const quoted = (answer, e) => {
    const segment = answer.segments[e.segment];
    return segment?.text ? `“${Array.from(segment.text).slice(e.start, e.end).join("")}”` : "in a silence";
  };
  const labelled = (answer, source, redraw, view_) => {
    const g = source.given;
    const chips = (field, probs) => {
      const raw = g[field];
      if (raw === null || raw === undefined) return null;
      const names = Array.isArray(raw) ? raw : Object.keys(raw).filter((name) => raw[name] >= 0.5);
      const share = Array.isArray(raw) ? g[probs] : raw;
      return names.map((name) => {
        const shown = `${words(name)}${name === "miscalibrated_confidence" && g.confidence_direction ? ` (${g.confidence_direction})` : ""}${share?.[name] !== undefined ? ` ${Math.round(100 * share[name])} %` : ""}`;
        const has = (g.evidence ?? []).some((e) => e.label === name);
        if (!has) return h("span", { class: `chip ${field}` }, shown);
        const on = view_.only?.key === source.key && view_.only?.label === name;
        return h("button", { type: "button", class: `chip ${field}`, "aria-pressed": String(on), title: "Show only this evidence in the text", "data-key": `${source.key} ${name}`, onclick: () => {
          view_.only = on ? null : { key: source.key, label: name };
          redraw(`${source.key} ${name}`);
        } }, shown);
      });
    };
    if (g.abstained || g.failed) return h("p", { class: "said" }, `${g.failed ? "failed" : "abstained"}: ${g.failed ?? g.abstained}`);
    const probs = g.verdict_probs ? Object.entries(g.verdict_probs).map(([name, share]) => `${words(name)} ${Math.round(100 * share)} %`).join(", ") : null;
    return [
      h("p", { class: "scales" }, g.verdict ? h("b", { title: probs }, words(g.verdict)) : null, scale("rating", g.rating), scale("pace", g.pace), scale("depth", g.depth)),
      probs ? h("p", { class: "probs" }, probs) : null,
      h("p", { class: "chips" }, chips("patterns", "pattern_probs"), chips("signals", "signal_probs")),
      g.rationale ? h("p", { class: "rationale" }, g.rationale) : null,
      g.evidence?.length ? h("details", {}, h("summary", {}, `evidence (${g.evidence.length})`), h("ul", {}, g.evidence.map((e) => h("li", {}, h("b", {}, words(e.label)), ` ${quoted(answer, e)}`)))) : null,
    ];
  };
  const card = (answer, source, view_, redraw) => {
    const box = h("input", { type: "checkbox", "data-key": source.key, onchange: () => {
      view_.only = null;
      if (box.checked) view_.shown.add(source.key); else view_.shown.delete(source.key);
      redraw(source.key);
    } });
    box.checked = view_.shown.has(source.key);
    return h("article", { class: `card ${source.scorer ? "of-scorer" : "of-annotator"}` },
      h("h3", { title: source.about }, source.scorer ? h("a", { href: `scorers/${source.scorer}.html` }, source.name) : source.name, h("span", { class: `kind kind-${source.kind}` }, KIND[source.kind] ?? source.kind),
        source.given.evidence?.length ? h("label", { class: "show" }, box, " in the text") : null),
      labelled(answer, source, redraw, view_));
  };

  const twinText = (answer) => answer.segments.map((s) => (s.kind === "silence" || !s.text ? `[${Math.round(s.to - s.from)} s of silence]` : s.who === "interviewer" ? `Interviewer: ${s.text}` : s.text)).join("\n\n");
  const twins = (question, id, twin, predictions) => {
    const [one, two] = [question.answers[id], question.answers[twin]];
    const about = one.twins.find((t) => t.with === twin);
    const [left, right] = about.role === "better" ? [id, twin] : [twin, id];
    const parts = wordDiff(twinText(question.answers[left]), twinText(question.answers[right]));
    const column = (key, role, dropped, kind, tag) => {
      const answer = question.answers[key];
      const body = parts.filter(([k]) => k !== dropped).map(([k, text]) => (k === kind ? h(tag, {}, text) : text));
      const labels = sources(key, answer, predictions);
      return h("section", { class: "twin" }, h("h2", {}, h("a", { href: `#a=${key}&board=${board}` }, key), " ", h("small", {}, `the ${role} one, ${clock(answer.segments.at(-1)?.to ?? 0)}`)), timeline(question, answer, 2), h("div", { class: "twintext" }, body),
        h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Labels of ${key}` }, h("table", { class: "plain" }, h("thead", {}, h("tr", {}, ["who", "verdict", "rating", "patterns"].map((t) => h("th", { scope: "col" }, t)))),
          h("tbody", {}, labels.map((s) => h("tr", {}, h("th", { scope: "row" }, s.name), h("td", {}, s.given.verdict ? words(s.given.verdict) : "–"), h("td", {}, number(s.given.rating, Number.isInteger(s.given.rating) ? 0 : 1)),
            h("td", { class: "words" }, (Array.isArray(s.given.patterns) ? s.given.patterns : Object.entries(s.given.patterns ?? {}).filter(([, v]) => v >= 0.5).map(([k]) => k)).map(words).join(", ") || "–")))))));
    };
    return [h("p", { class: "note" }, `Twins that differ in ${about.dimension}${about.expect.length ? `; only the worse one should show ${about.expect.map(words).join(", ")}` : ""}. Marked: what stands in one of them only.`),
      h("div", { class: "twins" }, column(left, "better", "added", "removed", "del"), column(right, "worse", "removed", "added", "ins"))];
  };

  const draw = async () => {
    state = view();
    board = Number(state.board) < site.boards ? state.board : "0";
    const main = document.getElementById("answer");
    const at = place.get(state.a);
    if (at === undefined) {
      main.replaceChildren(h("h1", {}, "No such answer"), h("p", {}, state.a ? `The corpus has no answer ${state.a}. ` : "The address names no answer. ", h("a", { href: "answers.html" }, "All answers")));
      document.body.dataset.ready = "yes";
      return;
    }
    const row = index.answers[at];
    const question = await load(`answers-${row[1]}`);
    const predictions = site.predicted[board].includes(row[1]) ? await load(`predictions-${board}-${row[1]}`) : {};
    const answer = question.answers[row[0]];
    const all = sources(row[0], answer, predictions);
    const view_ = { shown: new Set(all.filter((s) => !s.scorer && s.kind !== "author").map((s) => s.key)), only: null };
    const link = (i, text) => (index.answers[i] ? h("a", { href: `#a=${index.answers[i][0]}&board=${board}` }, text) : h("span", { class: "soft" }, text));
    const twin = answer.twins.some((t) => t.with === state.twin) ? state.twin : null;
    const seen = answer.segments.at(-1)?.to ?? 0;
    const head = [
      h("p", { class: "crumb" }, h("a", { href: "answers.html" }, "Answers"), " / ", link(at - 1, "← previous"), " · ", link(at + 1, "next →")),
      h("h1", { id: "title", tabindex: "-1" }, row[0], " ", h("small", {}, `${words(question.round)} · ${answer.medium} · ${answer.split} · ${answer.words} words · ${clock(seen)} of ${clock(question.budget)} (${Math.round((100 * seen) / question.budget)} %)`)),
      h("p", { class: "prompt" }, question.prompt),
      question.critical.length || question.obvious.length ? h("details", { class: "points" }, h("summary", {}, "What decides a good answer, and what should be passed quickly"),
        h("div", { class: "pointlists" }, h("div", {}, h("h2", {}, "decides"), h("ul", {}, question.critical.map((t) => h("li", {}, t)))), h("div", {}, h("h2", {}, "obvious"), h("ul", {}, question.obvious.map((t) => h("li", {}, t)))))) : null,
      answer.twins.length ? h("p", { class: "twinlinks" }, "Twins: ", answer.twins.map((t) => h("a", { class: "chip", href: `#a=${row[0]}&board=${board}&twin=${t.with}`, "aria-current": t.with === twin ? "true" : null }, `${t.dimension}: this is the ${t.role} one`)), twin ? h("a", { class: "chip", href: `#a=${row[0]}&board=${board}` }, "close the twin") : null) : null,
    ];
    document.title = `${row[0]} · speed-depth-bench`;
    if (twin) {
      main.replaceChildren(...head.filter(Boolean), ...twins(question, row[0], twin, predictions));
    } else {
      const text = h("div", { class: "transcript", id: "transcript" });
      const side = h("div", { class: "labels", id: "labels" });
      const redraw = (key) => {
        text.replaceChildren(...transcript(answer, marksFor(all, view_.shown, view_.only)));
        const open = [...side.querySelectorAll("details")].map((d) => d.open);
        side.replaceChildren(h("h2", {}, "Annotators"), ...all.filter((s) => !s.scorer).map((s) => card(answer, s, view_, redraw)),
          h("h2", {}, "Scorers"), ...(all.some((s) => s.scorer) ? all.filter((s) => s.scorer).map((s) => card(answer, s, view_, redraw)) : [h("p", { class: "note" }, "No scorer on this board was run on this answer.")]));
        [...side.querySelectorAll("details")].forEach((d, i) => { d.open = open[i] ?? false; });
        if (key) [...side.querySelectorAll("[data-key]")].find((e) => e.dataset.key === key)?.focus();
      };
      main.replaceChildren(...head.filter(Boolean), timeline(question, answer), h("div", { class: "reading" }, h("div", {}, h("h2", { class: "vh" }, "Transcript"), text), side));
      redraw(null);
    }
    document.body.dataset.ready = `${row[0]}${twin ?? ""}`;
  };
  addEventListener("hashchange", () => draw().then(() => { scrollTo(0, 0); document.getElementById("title")?.focus({ preventScroll: true }); }).catch(fail));
  keep({});
  await draw();
})().catch(sdb.fail);

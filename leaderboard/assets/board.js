// The board: rows of one reference, sorted, filtered, on all answers or a slice of them.
"use strict";

(async () => {
  const { load, h, number, percent, quantity, words, bar, view, keep, select, whose, fail } = sdb;
  const KINDS = { scorer: "scorers", annotators: "annotators", floor: "floors", warning: "warnings" };
  const site = await load("site");
  const state = { board: "0", slice: "", by: "overall", sort: "", tracks: "", hide: "", find: "", ...view() };
  if (!(Number(state.board) < site.boards)) state.board = "0";
  let board = null;
  let slice = null;

  const change = async (changes) => {
    Object.assign(state, changes);
    keep(changes);
    await draw();
  };

  const cell = (row, name) => {
    if (!slice) return row.cells[name] ?? [null];
    return slice.rows[row.id]?.[name] ?? [null, null, null, 0, "no value for these answers in the record"];
  };
  const rankOf = (row) => (slice ? null : row.ranks[state.by]);
  const standIn = (row) => (slice ? null : row.stand_in[state.by === "overall" ? "verdict" : state.by]);

  const columns = () => {
    const shown = board.tracks.filter((t) => state.tracks === "all" || t.overall || t.name === "contrasts" || t.name === state.by);
    const estimate = (name, title, hint) => ({
      id: name, title, hint, value: (row) => cell(row, name)[0],
      show: (row) => {
        const one = cell(row, name);
        const own = board.rows.find((r) => r.kind === "annotators");
        const interval = one[1] === null || one[1] === undefined ? null : h("small", {}, `${number(one[1])} to ${number(one[2])}`);
        return h("td", { class: "estimate", title: one[4] ?? `n = ${one[3]}` }, h("b", {}, number(one[0])), interval, bar(one, own && row !== own ? cell(own, name)[0] : null));
      },
    });
    const plain = (id, title, hint, value, text) => ({ id, title, hint, value: (row) => (slice ? null : value(row)), show: (row) => h("td", {}, slice ? "–" : text(value(row))) });
    const label = state.by === "overall" ? "verdict" : state.by;
    return [
      { id: "rank", title: "Rank", hint: "95 % interval of the rank, and tie group (paired cluster bootstrap, Holm)", ascending: true,
        value: (row) => { const r = rankOf(row); return r ? r[0] * 1e6 + (r[1] + r[2]) / 2 : null; },
        show: (row) => {
          const r = rankOf(row);
          return r ? h("td", { class: "rank" }, h("b", {}, r[1] === r[2] ? r[1] : `${r[1]}–${r[2]}`), h("small", {}, `tie ${r[0]}`)) : h("td", { class: "rank" }, "–");
        } },
      { id: "name", title: "Scorer", hint: "", ascending: true, value: (row) => row.label.toLowerCase(), show: (row) => h("th", { scope: "row" },
        row.id ? h("a", { href: `scorers/${row.id}.html` }, row.name) : row.name, row.version ? h("small", { class: "version" }, ` ${row.version}`) : null,
        rankOf(row) ? h("small", { class: "phone-rank" }, `rank ${rankOf(row)[1]}–${rankOf(row)[2]}, tie ${rankOf(row)[0]}`) : null,
        row.params ? h("small", { class: "under" }, row.params) : null, row.note ? h("small", { class: "under warning-note" }, row.note) : null) },
      estimate("overall", "Overall", "mean of verdict, rating, pace, depth and patterns"),
      plain("share", "Share of own", "share of the annotators' own agreement, on all answers", (row) => row.share[0], percent),
      ...shown.map((t) => estimate(t.name, t.name[0].toUpperCase() + t.name.slice(1), t.meaning)),
      plain("omega", "Alt-test ω", `${label}: share of annotators whom the scorer could stand in for`, (row) => standIn(row)?.[0] ?? null, number),
      plain("rho", "ρ", `${label}: share of answers on which it is at least as close to the others as an annotator`, (row) => standIn(row)?.[1] ?? null, number),
      plain("scored", "Scored", "share of answers not abstained on", (row) => row.scored, percent),
      plain("ms", "ms", "milliseconds an answer", (row) => row.ms, quantity),
      plain("usd", "$ / 1,000", "dollars per 1,000 answers, as reported", (row) => row.usd, quantity),
    ];
  };

  const sorted = (rows, all) => {
    const wanted = state.sort || `-${state.by}`;
    const down = wanted.startsWith("-");
    const column = all.find((c) => c.id === wanted.replace(/^-/, "")) ?? all.find((c) => c.id === "overall");
    const missing = (v) => v === null || v === undefined;
    return [column.id, down, [...rows].sort((a, b) => {
      const [x, y] = [column.value(a), column.value(b)];
      if (missing(x) || missing(y)) return missing(x) - missing(y);
      const order = x < y ? -1 : x > y ? 1 : 0;
      return down ? -order : order;
    })];
  };

  const controls = () => {
    const values = { round: "Round", pattern: "Pattern present", length: "Length" };
    const slices = Object.entries(values).filter(([by]) => Object.keys(board.slices[by] ?? {}).length).map(([by, group]) => ({
      group, options: Object.entries(board.slices[by]).map(([v, [answers]]) => [`${by}:${v}`, `${words(v)} (${answers})`]),
    }));
    const kinds = h("fieldset", { class: "control kinds" }, h("legend", {}, "Rows"), Object.entries(KINDS).map(([kind, title]) => {
      const box = h("input", { type: "checkbox", id: `kind-${kind}`, onchange: () => {
        const hidden = new Set(state.hide.split(",").filter(Boolean));
        if (box.checked) hidden.delete(kind); else hidden.add(kind);
        change({ hide: [...hidden].join(",") });
      } });
      box.checked = !state.hide.split(",").includes(kind);
      return h("label", {}, box, " ", title);
    }));
    const find = h("input", { type: "search", id: "find", value: state.find, autocomplete: "off", oninput: () => change({ find: find.value }) });
    document.getElementById("controls").replaceChildren(
      select("Measured against", "reference", site.names.map((name, k) => [String(k), name]), state.board, async (v) => { slice = null; await change({ board: v, slice: "" }); controls(); }),
      select("Answers", "slice", [["", `all (${board.corpus.answers})`], ...slices], state.slice, (v) => change({ slice: v })),
      select("Rank and sort by", "by", [["overall", "overall"], ...board.tracks.map((t) => [t.name, t.name])], state.by, (v) => change({ by: v, sort: "" })),
      select("Tracks", "tracks", [["", "main"], ["all", "all ten"]], state.tracks, (v) => change({ tracks: v })),
      h("div", { class: "control" }, h("label", { for: "find" }, "Find"), find), kinds);
  };

  const draw = async () => {
    board = await load(`board-${state.board}`);
    const [by, value] = state.slice.split(":");
    slice = state.slice && board.slices[by]?.[value] ? (await load(`slices-${state.board}-${by}`))[value] : null;
    document.getElementById("whose").replaceChildren(whose(board));
    const hidden = new Set(state.hide.split(","));
    const found = state.find.toLowerCase();
    const rows = board.rows.filter((row) => !hidden.has(row.kind) && row.label.toLowerCase().includes(found));
    const all = columns();
    const [active, down, ordered] = sorted(rows, all);
    const head = all.map((column) => {
      const on = column.id === active;
      const next = on ? (down ? column.id : `-${column.id}`) : column.ascending ? column.id : `-${column.id}`;
      return h("th", { scope: "col", "aria-sort": on ? (down ? "descending" : "ascending") : null },
        h("button", { type: "button", class: "sort", id: `sort-${column.id}`, title: column.hint, onclick: async () => {
          await change({ sort: next });
          document.getElementById(`sort-${column.id}`).focus();
        } }, column.title, h("span", { class: "arrow", "aria-hidden": "true" }, on ? (down ? " ↓" : " ↑") : "")));
    });
    const body = ordered.map((row) => h("tr", { class: `kind-${row.kind}`, "data-id": row.id }, all.map((column) => column.show(row))));
    document.getElementById("table").replaceChildren(h("table", { class: "board" },
      h("caption", { class: "vh" }, `Leaderboard. ${board.whose}`), h("thead", {}, h("tr", {}, head)), h("tbody", {}, body)));
    const count = slice ? `${slice.answers} answers to ${slice.questions} questions (${by} ${words(value)})` : `${board.corpus.answers} answers to ${board.corpus.questions} questions`;
    document.getElementById("status").replaceChildren(`${ordered.length} of ${board.rows.length} rows · ${board.corpus.split} split · ${count}`);
    document.getElementById("legend").replaceChildren(
      "Bars run from −0.2 to 1, with the 95 % interval over resampled questions; the green line is the annotators' own agreement. Floors and warnings have no rank. ",
      slice ? "On a slice, ranks, share, stand-in test, coverage and cost are not shown: they are of all answers; the overall value is the mean of the five tracks and has no interval. " : "",
      board.corpus.questions < 20 ? `With ${board.corpus.questions} questions the intervals are rough and likely too narrow.` : "");
  };

  await draw();
  controls();
  document.body.dataset.ready = "yes";
})().catch(sdb.fail);

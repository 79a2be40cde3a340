"use strict";
// Folds, copying, printing, and the timeline with its filters. All text goes in as text, never as markup.
(() => {
  const byId = (id) => document.getElementById(id);
  const make = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  // A link to something folded away opens what it is in.
  const reveal = () => {
    const target = location.hash.length > 1 && byId(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let e = target; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  for (const command of document.querySelectorAll(".command")) {
    const button = make("button", "copy", "copy");
    button.type = "button";
    button.setAttribute("aria-label", "copy " + command.dataset.label);
    button.addEventListener("click", () => {
      getSelection().selectAllChildren(command.querySelector("code"));
      document.execCommand("copy");
      button.textContent = "copied";
      setTimeout(() => { button.textContent = "copy"; }, 1500);
    });
    command.append(button);
  }

  // --- the timeline -------------------------------------------------------------------------------------------------

  const data = JSON.parse(byId("data").textContent);
  const body = byId("rows");
  const perPage = 100, printed = 2000;
  const FIELDS = 13;
  const [SECOND, NANO, OWN_SECOND, OWN_NANO, PRECISION, SOURCE, ORIGIN, STAGE, EFFECT, ATTEMPT, EVIDENCE, TEXT, LISTED] =
    Array.from({ length: FIELDS }, (_, i) => i);
  const rows = data.rows;
  const at = (row, field) => rows[row * FIELDS + field];
  const pad = (n, width) => String(n).padStart(width, "0");

  const stamp = (seconds, nanos) => {
    const carry = Math.floor(nanos / 1e9);
    return [new Date((data.base + seconds + carry) * 1000), nanos - carry * 1e9];
  };
  // As the program writes clocks: in the zone of the report, with its mark where that changes.
  const zoneAt = (seconds) => {
    let found = data.zone[0];
    for (const change of data.zone) if (change[0] <= seconds) found = change;
    return found;
  };
  const offset = (seconds) => (seconds < 0 ? "-" : "+") + pad(Math.floor(Math.abs(seconds) / 3600), 2) + ":" + pad(Math.abs(seconds) / 60 % 60, 2);
  const clock = ([date, nanos]) => {
    const zone = zoneAt(date.getTime() / 1000);
    const there = new Date(date.getTime() + (zone ? zone[1] * 1000 : 0));
    return there.toISOString().slice(11, 19) + "." + pad(Math.floor(nanos / 1e6), 3) + (data.zone.length > 1 ? " " + (zone[2] || offset(zone[1])) : "");
  };
  const full = ([date, nanos], digits) => date.toISOString().slice(0, 19) + "." + pad(nanos, 9).slice(0, digits) + "Z";

  // As the program writes spans.
  const span = (seconds) => {
    if (seconds < 0.001) return (seconds * 1e6).toFixed(0) + " \u00b5s";
    if (seconds < 1) return (seconds * 1e3).toFixed(0) + " ms";
    if (seconds < 60) return seconds.toFixed(2) + " s";
    const whole = Math.floor(seconds);
    if (whole < 3600) return Math.floor(whole / 60) + " min " + (whole % 60) + " s";
    return Math.floor(whole / 3600) + " h " + (Math.floor(whole / 60) % 60) + " min";
  };

  const rowOf = (row, before) => {
    const tr = make("tr", data.effects[at(row, EFFECT)]);
    const name = "E" + at(row, EVIDENCE);
    const number = make("td");
    if (at(row, LISTED)) {
      const link = make("a", "", name);
      link.href = "#" + name;
      number.append(link);
    } else number.textContent = name;
    const when = stamp(at(row, SECOND), at(row, NANO));
    const time = make("td");
    const main = make("time", "", clock(when));
    main.dateTime = full(when, at(row, PRECISION));
    time.append(main);
    if (at(row, OWN_SECOND) || at(row, OWN_NANO))
      time.append(make("span", "original", clock(stamp(at(row, SECOND) + at(row, OWN_SECOND), at(row, NANO) + at(row, OWN_NANO)))));
    const after = before === undefined ? "" :
      "+" + span(at(row, SECOND) - at(before, SECOND) + (at(row, NANO) - at(before, NANO)) / 1e9);
    const source = make("td", "source", data.origins[at(row, ORIGIN)]);
    source.append(make("span", "file", data.sources[at(row, SOURCE)]));
    const what = make("td", "", data.texts[at(row, TEXT)]);
    if (data.effects[at(row, EFFECT)] === "failed") what.append(" ", make("strong", "mark", "failed"));
    tr.append(number, time, make("td", "delta", after), source, make("td", "stage", data.stages[at(row, STAGE)] ?? ""), what);
    return tr;
  };

  if (body) {
    const total = rows.length / FIELDS;
    const [attempt, source, stage, text] = ["by-attempt", "by-source", "by-stage", "by-text"].map(byId);
    let found = [], first = 0;

    const fill = (select, all, names, field) => {
      const used = new Set();
      for (let row = 0; row < total; ++row) used.add(at(row, field));
      select.append(new Option(all, ""));
      names.forEach((name, i) => { if (used.has(i)) select.append(new Option(name, i)); });
    };

    const show = (count = perPage) => {
      const part = document.createDocumentFragment();
      const end = Math.min(first + count, found.length);
      for (let i = first; i < end; ++i) part.append(rowOf(found[i], i > 0 ? found[i - 1] : undefined));
      body.replaceChildren(part);
      byId("count").textContent = found.length === 0 ? "no rows" :
        "rows " + (first + 1) + " to " + end + " of " + found.length + (found.length < total ? " (" + total + " in all)" : "");
      byId("earlier").disabled = first === 0;
      byId("later").disabled = end >= found.length;
    };

    const filter = () => {
      const wanted = text.value.trim().toLowerCase();
      const fits = data.texts.map((t) => t.toLowerCase().includes(wanted));
      const is = (select, row, field) => select.value === "" || at(row, field) === Number(select.value);
      found = [];
      for (let row = 0; row < total; ++row)
        if (fits[at(row, TEXT)] && is(attempt, row, ATTEMPT) && is(source, row, SOURCE) && is(stage, row, STAGE)) found.push(row);
      first = 0;
      show();
    };

    fill(attempt, "all", data.attempts, ATTEMPT);
    fill(source, "all", data.sources, SOURCE);
    fill(stage, "all", data.stages, STAGE);
    if (data.attempts.length > 1 && data.verdict >= 0) attempt.value = data.verdict;
    for (const select of [attempt, source, stage]) select.addEventListener("change", filter);
    text.addEventListener("input", filter);
    byId("earlier").addEventListener("click", () => { first = Math.max(0, first - perPage); show(); });
    byId("later").addEventListener("click", () => { first += perPage; show(); });
    byId("filters").hidden = false;
    filter();

    addEventListener("beforeprint", () => {
      for (const fold of document.querySelectorAll("details:not([open])")) { fold.open = true; fold.dataset.folded = ""; }
      first = 0;
      show(printed);
    });
    addEventListener("afterprint", () => {
      for (const fold of document.querySelectorAll("details[data-folded]")) { fold.open = false; delete fold.dataset.folded; }
      show();
    });
  }
})();

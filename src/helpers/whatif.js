// What-if models in a published page and in JupyterLab; the specification is made by helpers.whatif.
// A classic script: a page appends `quarterdeckWhatIf.start(document)`, anywidget `export default quarterdeckWhatIf`.
const quarterdeckWhatIf = (() => {
  "use strict";

  // Arithmetic: a sheet of cells, evaluated as helpers/whatif/expressions.py does. NaN means "not defined".

  const normalTail = x => { // upper tail for x >= 3: continued fraction (Abramowitz and Stegun 1964, 26.2.14)
    let t = 0;
    for (let k = 120; k > 0; k--) t = k / (x + t);
    return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI) / (x + t);
  };
  const normalCdf = x => { // the middle: a series of positive terms (Marsaglia 2004)
    if (x > 3) return 1 - normalTail(x);
    if (x < -3) return normalTail(-x);
    let sum = x, last = 0, term = x;
    for (let odd = 3; sum !== last; odd += 2) {
      last = sum;
      term *= x * x / odd;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  };
  const OPERATIONS = {
    "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b, pow: Math.pow,
    "<": (a, b) => +(a < b), "<=": (a, b) => +(a <= b), sqrt: Math.sqrt, exp: Math.exp, log: Math.log,
    min: Math.min, max: Math.max, normal_cdf: normalCdf,
  };
  const apply = (operation, args) => {
    if (operation === "where") return Number.isNaN(args[0]) ? NaN : args[0] ? args[1] : args[2];
    if (args.some(Number.isNaN)) return NaN;
    const result = OPERATIONS[operation](...args);
    return Number.isFinite(result) ? result : NaN;
  };
  const evaluate = (spec, values) => {
    const known = [];
    for (const cell of spec.cells) {
      known.push(Array.isArray(cell) ? apply(cell[0], cell.slice(1).map(i => known[i]))
        : typeof cell === "string" ? values[cell] : cell);
    }
    return spec.outputs.map(output => known[output.cell]);
  };

  // Wording: as helpers.style, so that a number reads the same in a chart and here.

  const NBSP = "\u00a0", MINUS = "\u2212";
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

  const fixed = (x, digits) => { // x >= 0; toFixed rounds exact ties up, Python to even
    if (x >= 1e21) return BigInt(x) + (digits ? "." + "0".repeat(digits) : "");
    const exact = x.toFixed(Math.min(100, digits + 60)), cut = exact.length - Math.min(100, digits + 60) + digits;
    const isTie = /^50*$/.test(exact.slice(cut)), isEven = /[02468]\.?$/.test(exact.slice(0, cut));
    return isTie && isEven ? exact.slice(0, cut).replace(/\.$/, "") : x.toFixed(digits);
  };
  const number = (x, digits) => {
    const [whole, part] = fixed(Math.abs(x), digits).split(".");
    const text = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? "." + part : "");
    return (x < 0 && /[1-9]/.test(text) ? MINUS : "") + text;
  };
  const signed = (x, digits) => (x > 0 && /[1-9]/.test(number(x, digits)) ? "+" : "") + number(x, digits);
  const day = (start, days, otherwise) => {
    const at = new Date(Date.parse(start + "T00:00Z") + Math.floor(days + 0.5) * 864e5), year = at.getUTCFullYear();
    return year >= 1 && year <= 9999 ? `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${year}` : otherwise;
  };
  const isDate = unit => unit.startsWith("date:");
  const scaled = (x, unit) => unit === "share" ? 100 * x : x;
  const one = (text, unit) => NBSP + (text === "1" ? unit : unit + "s");

  const value = (x, { unit, decimals, undefined: otherwise }) => {
    if (Number.isNaN(x)) return otherwise;
    if (isDate(unit)) return day(unit.slice(5), x, otherwise);
    const text = number(scaled(x, unit), decimals);
    if (unit === "share") return text + "%";
    if (unit.startsWith("currency:")) return unit.slice(9) + NBSP + text;
    return unit === "days" ? text + one(text, "day") : text;
  };
  const change = (difference, { unit, decimals }) => {
    if (Number.isNaN(difference)) return "";
    const text = signed(scaled(difference, unit), decimals), bare = text.replace(/^[+\u2212]/, "");
    if (unit === "share" || unit === "points") return text + one(bare, "pt");
    return unit === "days" || isDate(unit) ? text + one(bare, "day") : text;
  };
  const results = (spec, values) => evaluate(spec, values).map((result, i) => ({
    value: result,
    text: value(result, spec.outputs[i]),
    change: change(result - spec.outputs[i].value, spec.outputs[i]),
  }));

  // The panel: built from the specification; every text is set as text, never as markup.

  const SVG = "http://www.w3.org/2000/svg", XHTML = "http://www.w3.org/1999/xhtml";
  const element = (space, name, attributes, children) => {
    const made = document.createElementNS(space, name);
    for (const [key, text] of Object.entries(attributes)) made.setAttribute(key, text);
    made.append(...children);
    return made;
  };
  const h = (name, attributes = {}, ...children) => element(XHTML, name, attributes, children);
  const s = (name, attributes = {}, ...children) => element(SVG, name, attributes, children);

  const lever = (slider, moved) => {
    const shown = h("b", { "aria-hidden": "true" });
    const input = h("input", {
      type: "range", name: slider.name, min: slider.low, max: slider.high, step: slider.step,
      "data-lm-suppress-shortcuts": "true", // JupyterLab would take the arrow keys
    });
    const measured = at => Math.abs(at - slider.value) < slider.step / 2 ? slider.value : at; // to the last bit
    input.addEventListener("input", () => moved(slider.name, measured(+input.value)));
    const place = at => {
      input.value = at;
      shown.textContent = value(at, slider);
      input.setAttribute("aria-valuetext", shown.textContent);
    };
    return { node: h("label", { class: "lever" }, h("span", {}, slider.label), shown, input), place };
  };

  const row = output => {
    const now = h("td", { class: "now" }), moved = h("td");
    const node = h("tr", {}, h("th", { scope: "row" }, output.label), h("td", {}, value(output.value, output)), now, moved);
    return { node, show: result => { now.textContent = result.text; moved.textContent = result.change; } };
  };

  const axis = spec => { // the first output: as measured (open, with its interval) and what if (filled)
    const [output] = spec.outputs, [low, middle, high] = spec.axis;
    const at = x => `${100 * Math.min(1, Math.max(0, (x - low[0]) / (high[0] - low[0])))}%`;
    const measured = at(output.value), [from, to] = output.interval ?? [output.value, output.value];
    const gain = s("line", { class: "i", x1: measured, y1: 34, y2: 34 });
    const mark = s("circle", { class: "d", cy: 34, r: 6 });
    const label = s("text", { class: "k a m", y: 18 });
    const node = s("svg", { class: "mk", height: 62, "aria-hidden": "true" },
      s("line", { class: "g", x2: "100%", y1: 34, y2: 34 }),
      ...[[low, ""], [middle, "m"], [high, "e"]].flatMap(([[x, text], anchor]) => [
        s("line", { class: "g", x1: at(x), x2: at(x), y1: 30, y2: 38 }), s("text", { class: anchor, x: at(x), y: 56 }, text)]),
      s("line", { class: "i2", x1: at(from), x2: at(to), y1: 34, y2: 34 }), gain,
      ...(output.target == null ? [] : [s("line", { class: "tg", x1: at(output.target), x2: at(output.target), y1: 24, y2: 44 })]),
      s("circle", { class: "d3", cx: measured, cy: 34, r: 5 }), mark, label);
    const show = result => {
      const x = at(result.value), isSame = Number.isNaN(result.value) || result.text === value(output.value, output);
      for (const part of [gain, mark, label]) part.style.display = isSame ? "none" : "";
      if (isSame) return;
      gain.setAttribute("x2", x);
      mark.setAttribute("cx", x);
      label.setAttribute("x", x);
      label.setAttribute("class", `k a ${parseFloat(x) < 12 ? "" : parseFloat(x) > 88 ? "e" : "m"}`);
      label.textContent = result.text;
    };
    const key = `Open mark${output.interval ? " and grey bar" : ""}: ${output.label} as measured`
      + `${output.interval ? ", with its interval" : ""}. Filled mark: what if.`
      + (output.target == null ? "" : ` Upright bar: target ${value(output.target, output)}.`);
    return { node, key, show };
  };

  const SETTLED = 250; // ms without a movement before it is announced and put in the link

  function render({ model, el, settled = () => {} }) {
    const spec = model.get("spec"), measured = Object.fromEntries(spec.sliders.map(x => [x.name, x.value]));
    const move = values => { model.set("values", values); model.save_changes(); };
    const levers = spec.sliders.map(slider => lever(slider, (name, at) => move({ ...model.get("values"), [name]: at })));
    const rows = spec.outputs.map(row), chart = axis(spec), heard = h("p", { class: "vh", role: "status" });
    const reset = h("button", { type: "button" }, "Reset"), tally = h("p", { class: "tally", "aria-hidden": "true" });
    reset.addEventListener("click", () => move({ ...measured }));
    const table = h("table", {}, h("caption", { class: "vh" }, `${spec.title}: as measured and what if`),
      h("thead", {}, h("tr", {}, h("td"), ...["As measured", "What if", "Change"].map(x => h("th", { scope: "col" }, x)))),
      h("tbody", {}, ...rows.map(x => x.node)));
    const panel = h("div", { class: "whatif" },
      h("fieldset", {}, h("legend", {}, "Move the levers"), ...levers.map(x => x.node), h("div", { class: "settle" }, reset, tally)),
      h("div", {}, table, chart.node, ...[chart.key, spec.note].filter(Boolean).map(x => h("p", { class: "note" }, x)), heard));
    el.replaceChildren(h("figure", { class: "qd" }, h("figcaption", {}, h("h3", {}, spec.title)), panel));

    let timer;
    const draw = () => {
      const values = model.get("values"), now = results(spec, values);
      spec.sliders.forEach((slider, i) => levers[i].place(values[slider.name]));
      rows.forEach((x, i) => x.show(now[i]));
      chart.show(now[0]);
      tally.replaceChildren(`${spec.outputs[0].label} `, h("b", {}, now[0].text), ` ${now[0].change}`);
      panel.classList.toggle("as-measured", spec.sliders.every(x => values[x.name] === x.value));
      return now;
    };
    const moved = () => {
      const now = draw();
      clearTimeout(timer);
      timer = setTimeout(() => {
        heard.textContent = spec.outputs.map((x, i) => `${x.label} ${now[i].text} ${now[i].change}`.trim()).join("; ");
        settled();
      }, SETTLED);
    };
    draw();
    model.on("change:values", moved);
    return () => { clearTimeout(timer); model.off("change:values", moved); };
  }

  // In a page: a model without a kernel, whose state is in the link.

  const memory = (spec, values) => {
    const state = { spec, values }, heard = new Set();
    return {
      get: name => state[name],
      set(name, to) { state[name] = to; for (const listener of heard) listener(); },
      save_changes() {},
      on: (_, listener) => heard.add(listener),
      off: (_, listener) => heard.delete(listener),
    };
  };

  const LINK = "#whatif:";
  const linked = () => new URLSearchParams(location.hash.startsWith(LINK) ? location.hash.slice(LINK.length) : "");
  // What a slider is called in the link: its name, and from the second panel of a page on `2.name`.
  const linkName = (slider, panel) => panel ? `${panel + 1}.${slider.name}` : slider.name;

  const allowed = (slider, text) => { // what a link says, held to the slider's range and steps
    if (text === null || text.trim() === "" || !Number.isFinite(+text)) return slider.value;
    const input = h("input", { type: "range", min: slider.low, max: slider.high, step: slider.step });
    input.value = text;
    return +input.value;
  };
  const fromLink = (spec, panel) => {
    const query = linked();
    return Object.fromEntries(spec.sliders.map(x => [x.name, allowed(x, query.get(linkName(x, panel)))]));
  };
  const toLink = (spec, panel, values) => {
    const query = linked();
    for (const slider of spec.sliders) {
      const name = linkName(slider, panel), at = values[slider.name];
      if (at === slider.value) query.delete(name); else query.set(name, at);
    }
    const text = query.toString();
    if (text || location.hash.startsWith(LINK)) history.replaceState(null, "", text ? LINK + text : "#");
  };

  const MIME = "application/vnd.quarterdeck.whatif.v1+json";

  /** Makes every specification in the page live, in the element that holds its script. */
  function start(page) {
    [...page.querySelectorAll(`script[type="${MIME}"]`)].forEach((script, panel) => {
      const el = script.parentElement, spec = JSON.parse(script.textContent);
      const model = memory(spec, fromLink(spec, panel));
      render({ model, el, settled: () => toLink(spec, panel, model.get("values")) });
      const isLinked = () => spec.sliders.some(x => linked().has(linkName(x, panel)));
      if (isLinked()) el.scrollIntoView();
      addEventListener("hashchange", () => {
        if (location.hash.startsWith(LINK)) model.set("values", fromLink(spec, panel));
        if (isLinked()) el.scrollIntoView();
      });
    });
  }

  return { render, start, results };
})();

(() => {
  const table = document.querySelector(".eds"), form = document.querySelector(".filter");
  if (!table) return;
  const { labels, reports, statuses, editions } = JSON.parse(document.getElementById("data").textContent);
  const count = document.getElementById("count"), none = document.getElementById("none"), more = document.getElementById("more");
  const STEP = 100; // rows drawn at once: a long list stays quick, and the search reaches all of it
  const SVG = "http://www.w3.org/2000/svg";

  // A search finds the beginnings of words; a verdict is one phrase, so that "ship" is not found in "Do not ship".
  const parts = text => text.toLowerCase().split(/[^\p{L}\p{N}~.%]+/u).filter(Boolean);
  const words = text => ` ${parts(text).join(" ")}`;
  const all = editions.map(([report, edition, period, scope, region, status, page, label, value, interval, change, tone, trend, ends, runs, title, verdict, found]) => ({
    report, edition, period, scope, region, status, page, label, value, interval, change, tone, trend, ends, runs,
    text: words([reports[report], edition, period, scope, title, statuses[status], verdict ? "" : value, tone, label,
      ...found.map(at => labels[at])].join(" ")),
    verdict: verdict.toLowerCase(), found: found.map(at => labels[at]),
  }));

  const h = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    element.append(...children);
    return element;
  };
  const s = (name, attributes) => {
    const element = document.createElementNS(SVG, name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    return element;
  };
  const status = name => h("span", { class: `st nw ${["fresh", "ok", "draft", "skipped"].includes(name) ? "soft" : "worse"}` },
    document.getElementById(`icon-${name}`).content.cloneNode(true), statuses[name]);
  const link = (parts, text) => h("a", { href: parts.map(encodeURIComponent).join("/") }, text);

  const spark = ({ trend, ends }) => {
    if (trend.length < 2) return "";
    const low = Math.min(...trend, ...ends), high = Math.max(...trend, ...ends), scale = 14 / (high - low || 1);
    const y = value => (18 - (value - low) * scale).toFixed(1), x = index => (66 - 64 * (trend.length - 1 - index) / 11).toFixed(1);
    const svg = s("svg", { class: "sp", width: 72, height: 22, "aria-hidden": "true" });
    svg.append(s("path", { class: "l2", d: "M" + trend.map((value, index) => `${x(index)} ${y(value)}`).join("L") }));
    if (ends.length) svg.append(s("path", { class: "i", d: `M66 ${y(ends[0])}V${y(ends[1])}` }));
    svg.append(s("circle", { class: "d", cx: 66, cy: y(trend.at(-1)), r: 2.75 }));
    return svg;
  };

  const row = each => {
    const name = reports[each.report];
    const button = h("button", { type: "button", "aria-expanded": "false", "aria-label": `History: ${name}, ${each.edition}` },
      h("span", { class: "wd" }, "History"), h("span", { class: "nr", "aria-hidden": "true" }, "⋯"));
    button.addEventListener("click", () => toggle(button, each));
    return h("tr", {},
      h("th", { scope: "row" }, each.page ? link([each.report, each.edition, "index.html"], name) : name,
        h("div", { class: "nr soft" }, each.scope, each.scope ? " · " : "", status(each.status))),
      h("td", { class: "tx wd" }, each.scope),
      h("td", { class: "tx wd" }, status(each.status)),
      h("td", { class: "tx wd" }, each.label, each.hit && each.hit !== each.label ? h("div", { class: "soft" }, each.hit) : ""),
      h("td", {}, h("div", { class: "nr soft" }, each.label), h("strong", {}, each.value)),
      h("td", { class: "wd" }, each.interval),
      h("td", { class: `wd ${each.tone}` }, each.change),
      h("td", {}, spark(each)),
      h("td", {}, button));
  };

  const COLUMNS = [["Run", ""], ["Status", "tx"], ["Value", ""], ["Interval", "wd"], ["Number", "tx wd"], ["Why", "tx"]];
  const history = each => h("tr", { class: "hist" }, h("td", { colspan: 9 },
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `History: ${reports[each.report]}, ${each.edition}` },
      h("table", {},
        h("thead", {}, h("tr", {}, ...COLUMNS.map(([label, kind]) => h("th", { scope: "col", class: kind }, label)))),
        h("tbody", {}, ...each.runs.map(([day, state, value, interval, id, why, page]) => h("tr", {},
          h("th", { scope: "row" }, page ? link([each.report, each.edition, "history", `${id}.html`], day) : day),
          h("td", { class: "tx" }, status(state)), h("td", {}, value), h("td", { class: "wd" }, interval),
          h("td", { class: "tx wd" }, h("code", {}, id)), h("td", { class: "tx" }, why))))))));
  const toggle = (button, each) => {
    const open = button.getAttribute("aria-expanded") === "true", tr = button.closest("tr");
    button.setAttribute("aria-expanded", String(!open));
    if (open) tr.nextElementSibling.remove(); else tr.after(history(each));
  };

  let limit = STEP, matching = all;
  const draw = () => {
    for (const body of [...table.tBodies]) body.remove();
    const periods = new Map();
    for (const each of matching) periods.set(each.period, (periods.get(each.period) ?? 0) + 1);
    let body, period;
    for (const each of matching.slice(0, limit)) {
      if (each.period !== period) {
        period = each.period;
        const n = periods.get(period);
        body = table.appendChild(h("tbody", {}, h("tr", { class: "grp" }, h("th", { colspan: 9, scope: "rowgroup" }, period, " ",
          h("span", { class: "soft" }, `· ${n} edition${n === 1 ? "" : "s"}`)))));
      }
      body.append(row(each));
    }
    table.hidden = !matching.length;
    none.hidden = matching.length > 0;
    more.hidden = matching.length <= limit;
    more.textContent = `Show ${Math.min(STEP, matching.length - limit)} more of ${matching.length}`;
    count.textContent = `${matching.length} of ${all.length}`;
  };
  const apply = () => {
    const wanted = new FormData(form), sought = parts(wanted.get("q")), phrase = sought.join(" ");
    const isFound = each => sought.every(word => each.text.includes(` ${word}`)) || (phrase && each.verdict.startsWith(phrase));
    const chosen = ["report", "period", "region", "status"].filter(key => wanted.get(key)).map(key => [key, wanted.get(key)]);
    matching = all.filter(each => chosen.every(([key, value]) => each[key] === value) && isFound(each));
    for (const each of all) each.hit = sought.length ? each.found.find(label => sought.some(word => words(label).includes(` ${word}`))) : "";
    limit = STEP;
    draw();
  };
  const remember = () => {
    const wanted = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    window.history.replaceState(null, "", `#${wanted}`);
  };
  const recall = () => {
    const wanted = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
    for (const [key, value] of wanted) if (form.elements[key]) form.elements[key].value = value;
    if ([...wanted].length) document.getElementById("editions").scrollIntoView();
  };
  const options = (key, label, names) => {
    const select = form.elements[key], values = [...new Set(all.map(each => each[key]))].filter(Boolean);
    if (key !== "period") values.sort((a, b) => (names?.[a] ?? a).localeCompare(names?.[b] ?? b));
    select.add(new Option(`${label}: all`, ""));
    for (const value of values) select.add(new Option(names?.[value] ?? value, value));
    select.hidden = values.length < 2;
  };
  options("report", "Report", reports);
  options("period", "Period");
  options("region", "Region");
  options("status", "Status", statuses);
  form.addEventListener("input", () => { apply(); remember(); });
  addEventListener("hashchange", () => { recall(); apply(); });
  form.addEventListener("submit", event => event.preventDefault());
  more.addEventListener("click", () => { limit += STEP; draw(); });
  form.hidden = false;
  recall();
  apply();
})();

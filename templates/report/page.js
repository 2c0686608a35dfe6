(() => {
  // Sections are folded to their titles; those that the address names stand open: #tickets&what-if. While a
  // scenario of a what-if stands there (#whatif:...), its section does, and no other is remembered.
  if (!document.body.classList.contains("folds")) return;
  const folds = [...document.querySelectorAll(".sec")], all = document.getElementById("all");
  const isScenario = () => location.hash.startsWith("#whatif:");
  const named = () => isScenario() ? [...document.querySelectorAll(".whatif-host")]
    : location.hash.slice(1).split("&").map(id => document.getElementById(id)).filter(Boolean);
  const open = () => folds.filter(fold => fold.open).map(fold => fold.id).join("&");
  const arrive = () => {
    const found = named();
    for (const fold of found.map(each => each.closest(".sec")).filter(Boolean)) fold.open = true;
    found[0]?.scrollIntoView();
  };
  for (const fold of folds) fold.open = false;
  arrive();
  document.body.classList.add("ready");
  let known = open();
  const remember = () => {
    all.textContent = folds.every(fold => fold.open) ? "Close all" : "Open all";
    if (open() === known) return;
    known = open();
    if (!isScenario()) history.replaceState(null, "", `#${known}`);
  };
  for (const fold of folds) fold.addEventListener("toggle", remember);
  addEventListener("hashchange", arrive);
  all.hidden = false;
  all.addEventListener("click", () => {
    const opening = !folds.every(fold => fold.open);
    for (const fold of folds) fold.open = opening;
  });
})();
(() => {
  // A number leads to its place in the provenance; here a note beside it says the same, and how to send it on.
  // #why:nps@region=emea opens the note of that number.
  const note = document.createElement("div"), numbers = [...document.querySelectorAll("a.why")];
  if (!("popover" in note) || !numbers.length) return;
  Object.assign(note, {id: "why", popover: "auto", tabIndex: -1, role: "dialog"});
  document.body.append(note);
  const line = (name, ...parts) => {
    const made = document.createElement(name);
    made.append(...parts);
    return made;
  };
  const explain = number => {
    const {k: key, n} = number.dataset, place = document.getElementById(number.hash.slice(1));
    const row = number.closest("tr,li"), label = row?.querySelector("th b,h3")?.textContent ?? place.firstChild.textContent;
    const interval = row?.querySelector(".now small")?.textContent;
    const link = line("a", "Link to this number");
    link.href = `#why:${key}`;
    const ask = document.getElementById("ask"), question = line("a", "Ask about it");
    const given = {key, title: ask?.dataset.title, link: location.href.split("#")[0] + link.hash};
    if (ask) question.href = ask.dataset.ask.replace(/\{(key|title|link)\}/g, (_, name) => encodeURIComponent(given[name]));
    note.setAttribute("aria-label", `Where ${label} comes from`);
    note.replaceChildren(
      line("h2", `${label}: ${number.textContent}${interval ? ` (${interval})` : ""}`),
      ...[...place.lastChild.children].map(each => each.cloneNode(true)),
      ...(n ? [line("p", `n = ${n}.`)] : []),
      line("p", link, " ", line("code", key), ...(ask ? [" ", question] : [])));
    note.showPopover();
    const at = number.getBoundingClientRect(), width = note.offsetWidth, height = note.offsetHeight;
    const below = at.bottom + height + 12 < innerHeight || at.top < height + 12;
    note.style.left = `${Math.max(16, Math.min(at.left, document.documentElement.clientWidth - width - 16)) + scrollX}px`;
    note.style.top = `${(below ? at.bottom + 6 : at.top - height - 6) + scrollY}px`;
    note.focus({preventScroll: true});
  };
  for (const number of numbers) {
    number.setAttribute("aria-haspopup", "dialog");
    number.addEventListener("click", event => {
      event.preventDefault();
      explain(number);
    });
  }
  const arrive = () => {
    const key = location.hash.startsWith("#why:") && decodeURIComponent(location.hash.slice(5));
    const number = key && numbers.findLast(each => each.dataset.k === key);
    if (!number) return;
    for (let fold = number.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    number.scrollIntoView({block: "center"});
    explain(number);
  };
  addEventListener("hashchange", arrive);
  arrive();
})();

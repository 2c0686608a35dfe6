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

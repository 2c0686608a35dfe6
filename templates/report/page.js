(() => {
  const toc = document.querySelector(".toc"), wide = matchMedia("(min-width:70rem)");
  const fold = () => { toc.open = wide.matches; };
  fold();
  wide.addEventListener("change", fold);
  const links = new Map([...toc.querySelectorAll("a")].map(link => [link.hash.slice(1), link]));
  const spy = new IntersectionObserver(seen => seen.filter(each => each.isIntersecting).forEach(each => {
    toc.querySelector("[aria-current]")?.removeAttribute("aria-current");
    links.get(each.target.id).setAttribute("aria-current", "true");
  }), { rootMargin: "-10% 0px -80% 0px" });
  for (const id of links.keys()) spy.observe(document.getElementById(id));
})();

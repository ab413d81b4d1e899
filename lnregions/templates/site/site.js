"use strict";
(function () {
  const read = (id) => { const found = document.getElementById(id); return found ? JSON.parse(found.textContent) : null; };
  const words = read("words");
  const make = (name, looks) => {
    const one = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(looks)) one.setAttribute(key, value);
    return one;
  };

  // The language switch leads to the same place, filters included.
  const change = document.querySelector("a.switch");
  const other = change && change.getAttribute("href");
  const follow = () => { if (change) change.setAttribute("href", other + location.search + location.hash); };
  addEventListener("hashchange", follow);
  follow();

  // Two words that differ by a letter: one too many, too few or wrong, or two exchanged.
  function similar(one, other) {
    let at = 0;
    while (at < one.length && one[at] === other[at]) at++;
    const rest = (a, b) => one.slice(at + a) === other.slice(at + b);
    return rest(1, 1) || rest(1, 0) || rest(0, 1) || (rest(2, 2) && one[at] === other[at + 1] && one[at + 1] === other[at]);
  }

  // Search: every word must occur in a name of either language or in the code; if nothing is found, a similar one.
  const form = document.querySelector("form.search");
  if (form) {
    const entries = read("search-data").map((one) => Object.assign(one, { s: (one.n + " " + one.o + " " + one.c).toLowerCase() }));
    const field = form.querySelector("input");
    const box = form.querySelector(".hits");
    const list = box.querySelector("ul");
    const count = document.getElementById("hit-count");
    form.hidden = false;
    function search() {
      const asked = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      const found = (fits) => (asked.length ? entries.filter((one) => asked.every((word) => one.s.includes(word) || fits(one, word))) : []);
      const misspelt = (one, word) => word.length > (word < "\u0100" ? 3 : 2) && one.s.split(/[^\p{L}\p{N}]+/u).some((known) => similar(word, known));
      let hits = found(() => false);
      if (!hits.length) hits = found(misspelt);
      const first = (one) => (one.n.toLowerCase().startsWith(asked[0]) ? 0 : 1);
      hits.sort((a, b) => first(a) - first(b));
      list.replaceChildren(...hits.slice(0, 12).map((one) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        const kind = document.createElement("small");
        link.href = one.h;
        link.textContent = one.n;
        kind.textContent = words.kinds[one.k];
        link.append(" ", kind);
        item.append(link);
        return item;
      }));
      count.textContent = hits.length ? hits.length + " " + (hits.length === 1 ? words.hit : words.hits) : words.none;
      box.hidden = !asked.length;
    }
    field.addEventListener("input", search);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const link = list.querySelector("a");
      if (link) location.href = link.href;
    });
    form.addEventListener("keydown", (event) => {
      const links = [field, ...list.querySelectorAll("a")];
      const place = links.indexOf(document.activeElement);
      if (event.key === "Escape") { field.value = ""; search(); field.focus(); }
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const next = links[place + (event.key === "ArrowDown" ? 1 : -1)];
        if (next) next.focus();
      }
    });
    list.addEventListener("click", () => { box.hidden = true; });
    document.addEventListener("click", (event) => { if (!form.contains(event.target)) box.hidden = true; });
  }

  // The scorecard's filter; its state is in the address, so that it can be passed on.
  const filter = document.getElementById("filter");
  if (filter) {
    const [text, region, status] = ["text", "region", "status"].map((name) => document.getElementById("filter-" + name));
    const rows = [...document.querySelectorAll("#targets tbody tr")];
    const shown = filter.querySelector(".shown");
    const fields = { text, region, status };
    filter.hidden = false;
    const apply = () => {
      const asked = text.value.toLowerCase().split(/\s+/).filter(Boolean);
      let visible = 0;
      for (const row of rows) {
        const fits = (!region.value || row.dataset.region === region.value)
          && (!status.value || row.dataset.status === status.value)
          && asked.every((word) => row.textContent.toLowerCase().includes(word));
        row.hidden = !fits;
        visible += fits;
      }
      shown.textContent = words.shown.replace("{shown}", visible).replace("{total}", rows.length);
      const query = new URLSearchParams();
      for (const [name, one] of Object.entries(fields)) if (one.value) query.set(name, one.value);
      const search = query.toString();
      try {
        history.replaceState(null, "", location.pathname + (search ? "?" + search : "") + location.hash);
      } catch (error) { /* some browsers refuse this for files; the filter works all the same */ }
      follow();
    };
    const given = new URLSearchParams(location.search);
    for (const [name, one] of Object.entries(fields)) if (given.has(name)) one.value = given.get(name);
    filter.addEventListener("input", apply);
    filter.addEventListener("submit", (event) => event.preventDefault());
    filter.addEventListener("reset", () => setTimeout(apply));
    for (const link of document.querySelectorAll(".counts a[data-status]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        filter.reset();
        status.value = link.dataset.status;
        apply();
        location.hash = "scorecard";
      });
    }
    apply();
  }

  // The live map takes the place of the drawn one, which stays for paper; one choice of indicator serves both.
  const webmap = read("webmap");
  const place = document.getElementById("livemap");
  if (webmap && place && window.lnregionsMap) {
    const choice = document.getElementById("layer");
    const twin = document.querySelector("svg.regionmap");
    const redraw = (layer) => {
      const key = twin.querySelector(".key");
      const said = (area) => layer.areas[area];
      for (const link of twin.querySelectorAll(".in")) {
        const found = said(link.dataset.area);
        link.querySelector("path").setAttribute("fill", !found ? "#ffffff" : layer.circles ? "#dbe7f3" : found.fill);
        const mark = twin.querySelector('.over text[data-area="' + CSS.escape(link.dataset.area) + '"]');
        mark.setAttribute("y", Number(mark.dataset.y) + (found && found.radius ? found.radius + 10 : 0));
        twin.querySelector('.over circle[data-area="' + CSS.escape(link.dataset.area) + '"]').setAttribute("r", found ? found.radius : 0);
      }
      key.replaceChildren();
      for (const [radius, label] of layer.circles ? layer.legend : []) {
        const words = make("text", { x: -Number(layer.legend[0][0]) - 8, y: 5 - 2 * radius });
        words.textContent = label;
        key.append(make("circle", { cy: -radius, r: radius }), words);
      }
    };
    place.hidden = false;
    document.querySelector(".live-lead").hidden = false;
    twin.classList.add("twin");
    twin.closest(".mapbox").classList.add("live");
    const live = window.lnregionsMap(place, webmap, { indicator: choice.value, legend: document.querySelector(".legend") || document.createElement("div") });
    choice.closest("p").hidden = choice.options.length < 2;
    const show = () => { live.show(choice.value); redraw(webmap.layers[choice.selectedIndex]); };
    choice.addEventListener("change", show);
    if (choice.selectedIndex > 0) show();
  }

  // Nothing stays folded on paper.
  addEventListener("beforeprint", () => { for (const one of document.querySelectorAll("details")) one.open = true; });
})();

"use strict";
// An interactive map of areas: Leaflet draws it on the equal-area grid of the printed maps; nothing is fetched.
window.lnregionsMap = function (element, data, options) {
  options = options || {};
  const words = data.words;
  const dashes = { confirmed: "", likely: "9 4", unverified: "2 5" };

  // The equal-area grid of the printed maps on GRS80 (Snyder 1987: Albers, page 101; Lambert azimuthal, page 187).
  const equalArea = (function (numbers) {
    const a = 6378137, e2 = 0.006694380022900787, e = Math.sqrt(e2), rad = Math.PI / 180;
    const [first, second, lat0, lon0] = ["lat_1", "lat_2", "lat_0", "lon_0"].map((name) => numbers[name] * rad);
    const q = (phi) => {
      const s = Math.sin(phi);
      return (1 - e2) * (s / (1 - e2 * s * s) - Math.log((1 - e * s) / (1 + e * s)) / (2 * e));
    };
    const m = (phi) => Math.cos(phi) / Math.sqrt(1 - e2 * Math.sin(phi) ** 2);
    const latitude = (wanted) => {
      let phi = Math.asin(Math.max(-1, Math.min(1, wanted / 2)));
      for (let turn = 0; turn < 8; turn += 1) {
        const s = Math.sin(phi), t = 1 - e2 * s * s;
        phi += (t * t / (2 * Math.cos(phi))) * (wanted / (1 - e2) - s / t + Math.log((1 - e * s) / (1 + e * s)) / (2 * e));
      }
      return phi / rad;
    };
    const bounds = L.bounds([-4e6, -4e6], [4e6, 4e6]), most = 1.99;
    if (!Number.isFinite(first)) {
      const whole = q(Math.PI / 2), radius = a * Math.sqrt(whole / 2);
      const beta = (phi) => Math.asin(q(phi) / whole), middle = beta(lat0), stretch = (a * m(lat0)) / (radius * Math.cos(middle));
      return {
        bounds,
        project(place) {
          const b = beta(place.lat * rad), turn = place.lng * rad - lon0;
          const k = radius * Math.sqrt(2 / (1 + Math.sin(middle) * Math.sin(b) + Math.cos(middle) * Math.cos(b) * Math.cos(turn)));
          return L.point(k * stretch * Math.cos(b) * Math.sin(turn), (k / stretch) * (Math.cos(middle) * Math.sin(b) - Math.sin(middle) * Math.cos(b) * Math.cos(turn)));
        },
        unproject(point) {
          const x = point.x / stretch, y = point.y * stretch, far = Math.max(Math.hypot(x, y), 1e-9);
          const c = 2 * Math.asin(Math.min(1, far / (2 * radius)));
          const b = Math.cos(c) * Math.sin(middle) + (y * Math.sin(c) * Math.cos(middle)) / far;
          const turn = Math.atan2(x * Math.sin(c), far * Math.cos(middle) * Math.cos(c) - y * Math.sin(middle) * Math.sin(c));
          return L.latLng(latitude(Math.max(-most, Math.min(most, whole * b))), (lon0 + turn) / rad);
        },
      };
    }
    const n = first === second ? Math.sin(first) : (m(first) ** 2 - m(second) ** 2) / (q(second) - q(first));
    const c = m(first) ** 2 + n * q(first);
    const rho = (phi) => (a * Math.sqrt(Math.max(c - n * q(phi), 0))) / n;
    const rho0 = rho(lat0);
    return {
      bounds,
      project(place) {
        const theta = n * (place.lng * rad - lon0), r = rho(place.lat * rad);
        return L.point(r * Math.sin(theta), rho0 - r * Math.cos(theta));
      },
      unproject(point) {
        const side = Math.sign(n), x = side * point.x, y = side * (rho0 - point.y);
        const wanted = Math.max(-most, Math.min(most, (c - (Math.hypot(x, y) * n / a) ** 2) / n));
        return L.latLng(latitude(wanted), (lon0 + Math.atan2(x, y) / n) / rad);
      },
    };
  })(data.grid);
  const grid = L.extend({}, L.CRS.Earth, {
    code: "lnregions", projection: equalArea, infinite: false,
    transformation: L.transformation(1 / 40075016.686, 0.5, -1 / 40075016.686, 0.5),
  });

  // Shapes are the coordinates of GeoJSON's multipolygons.
  const polygon = (shape, looks) => L.polygon(L.GeoJSON.coordsToLatLngs(shape, 2), looks);
  const bounds = (layers) => L.featureGroup([...layers]).getBounds();

  const make = (name, kind, words) => {
    const one = document.createElement(name);
    if (kind) one.className = kind;
    if (words !== undefined) one.textContent = words;
    return one;
  };
  const drawn = (name, looks) => {
    const one = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(looks)) one.setAttribute(key, value);
    return one;
  };

  element.replaceChildren();
  element.classList.add("lnmap");
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", data.label);
  // Leaflet gives a map that is pressed the focus; the page must not scroll then, or the mouse is let go elsewhere.
  element.focus = () => HTMLElement.prototype.focus.call(element, { preventScroll: true });
  const map = L.map(element, {
    crs: grid, zoomControl: false, attributionControl: false, zoomSnap: 0.25, zoomDelta: 0.75, maxZoom: 12,
    maxBoundsViscosity: 1, scrollWheelZoom: false, wheelPxPerZoomLevel: 120, fadeAnimation: false,
    zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  L.control.zoom({ zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
  L.control.scale({ imperial: false, maxWidth: 120 }).addTo(map);
  L.control.attribution({ prefix: false, position: "bottomright" }).addAttribution(text(data.credit)).addTo(map);
  function text(words) { const one = make("i", "", words); return one.innerHTML; }

  const still = { interactive: false };
  const plain = { color: "#6b7280", weight: 0.8, fillOpacity: 1 };
  const shapes = new Map(data.areas.map((area) => [area.id, polygon(area.shape, { ...plain, fillColor: "#e2e5e9", className: area.member ? "in" : "out" })]));
  const outlines = data.outlines.map(({ shape, status }) => polygon(shape, {
    ...still, fill: false, color: "#33383f", weight: 2.5, dashArray: dashes[status], className: "outline",
  }));
  const whole = bounds(shapes.values());
  const members = data.areas.filter((area) => area.member).map((area) => shapes.get(area.id));
  const view = members.length + outlines.length ? bounds([...members, ...outlines]) : whole;
  const fit = () => {
    element.classList.toggle("narrow", element.clientWidth < 520);
    map.invalidateSize({ animate: false });
    map.setMinZoom(0);
    map.setMaxBounds(null);
    const least = map.getBoundsZoom(whole, false, L.point(16, 16));
    const beside = legend && legend.tagName === "DETAILS" && legend.open && element.clientWidth >= 520 ? legend.offsetWidth : 0;
    map.fitBounds(view, { animate: false, paddingTopLeft: [18, 18], paddingBottomRight: [18 + beside, 24] });
    map.setMinZoom(least);
    map.setMaxBounds(whole.pad(0.5));
  };
  let legend = null;
  map.setView(whole.getCenter(), 6);

  element.classList.toggle("plain", !data.ground);
  if (data.ground) polygon(data.ground, { ...still, fillColor: "#fbfaf6", fillOpacity: 1, color: "#d5d9de", weight: 0.75 }).addTo(map);
  const hatch = "lnhatch" + Math.random().toString(36).slice(2);
  for (const shape of [...shapes.values(), ...outlines]) shape.addTo(map);
  // The area in use: a line of its own, as moving a shape to the front would take the focus from it.
  const pointed = L.polygon([], { ...still, fill: false, weight: 3.5 }).addTo(map);
  const svg = element.querySelector(".leaflet-overlay-pane svg");
  svg.setAttribute("focusable", "false");
  const pattern = drawn("pattern", { id: hatch, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  pattern.append(drawn("rect", { width: 6, height: 6, fill: "#ffffff" }), drawn("rect", { width: 1.2, height: 6, fill: "#8a919c" }));
  const holder = drawn("defs", {});
  holder.append(pattern);
  svg.prepend(holder);

  // Circles and names stand above the areas and take no pointer.
  const marks = new Map();
  for (const area of data.areas) {
    const ring = L.circleMarker(area.middle, { ...still, radius: 0, color: "#33383f", weight: 1, fillOpacity: 0.92, stroke: false, fill: false });
    const name = L.marker(area.middle, {
      ...still, keyboard: false,
      icon: L.divIcon({ className: "lnname " + (area.member ? "in" : "out"), html: text(area.name), iconSize: null }),
    });
    marks.set(area.id, { ring: ring.addTo(map), name: name.addTo(map) });
    name.getElement().setAttribute("aria-hidden", "true");
  }

  let layer = null;
  const figure = (area) => (layer && layer.areas[area.id]) || null;
  const short = (area) => {
    if (!area.member) return words.not_member;
    const found = figure(area);
    return found ? found.value + words.year.replace("{year}", found.year) : words.no_data;
  };
  const tip = (area) => {
    const box = make("div");
    box.append(make("b", "", area.name), make("div", "lnvalue", short(area)));
    const found = area.member && figure(area);
    if (found) box.append(make("div", "lnsmall", layer.title), make("div", "lnsmall", words.grade + " " + found.grade + " · " + found.source));
    return box;
  };
  const card = (area) => {
    const box = make("div", "lncard");
    const found = figure(area);
    const rows = found ? [[words.year_word, found.year], [words.grade, found.grade], [words.source, found.source]] : [];
    if (area.status) rows.push([words.membership, area.status_word + (area.note ? words.colon + area.note : "")]);
    const list = make("dl");
    for (const [head, said] of rows) {
      const words = make("dd", "", said);
      if (data.language === "en" && /[\u3400-\u9fff]/.test(said)) words.lang = "zh-CN";
      list.append(make("dt", "", head), words);
    }
    box.append(make("b", "lnhead", area.name));
    if (layer) box.append(make("div", "lnvalue", found ? found.value : words.no_data), make("div", "lnsmall", layer.title));
    box.append(list);
    if (area.href) {
      const link = make("a", "", words.to_page);
      link.href = area.href;
      box.append(link);
    }
    return box;
  };
  // Widgets of the notebook around the map that are set to the area clicked; clicked again, it is given up.
  const fields = () => {
    try {
      return data.picks ? [...parent.document.querySelectorAll("." + CSS.escape(data.picks) + " :is(input, select)")] : [];
    } catch (error) { return []; /* a page of another origin around the map */ }
  };
  const names = (field, area) => {
    const words = field.tagName === "SELECT" ? field.selectedOptions[0]?.textContent : field.value;
    return words === area.id || (field.tagName === "SELECT" && words === area.name);
  };
  const picked = (area) => {
    element.dispatchEvent(new CustomEvent("lnregions:area", { bubbles: true, detail: { area: area.id, name: area.name } }));
    for (const field of fields()) {
      const again = names(field, area);
      if (field.tagName === "SELECT") {
        const choice = [...field.options].findIndex((one) => [area.name, area.id].includes(one.textContent));
        if (choice < 0) continue;
        field.selectedIndex = again ? 0 : choice;
      } else field.value = again ? "" : area.id;
      for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    }
    outlineChosen();
  };
  // The area that such a widget names is outlined, whoever has set it.
  const chosen = L.polygon([], { ...still, fill: false, weight: 3, color: "#b94a12", className: "chosen" }).addTo(map);
  let outlined = null;
  function outlineChosen() {
    const [field] = fields();
    const area = (field && data.areas.find((one) => one.member && names(field, one))) || null;
    if (area === outlined) return;
    outlined = area;
    chosen.setLatLngs(area ? shapes.get(area.id).getLatLngs() : []);
  }
  outlineChosen();
  if (data.picks) {
    const timer = setInterval(() => { if (element.isConnected) outlineChosen(); else clearInterval(timer); }, 200);
  }

  for (const area of data.areas) {
    const shape = shapes.get(area.id), path = shape.getElement();
    shape.bindTooltip(() => tip(area), { sticky: true, direction: "auto", className: "lntip", opacity: 1 });
    if (!area.member) { path.setAttribute("tabindex", "-1"); continue; }
    shape.bindPopup(() => card(area), {
      maxWidth: element.clientWidth < 520 ? 230 : 300, minWidth: 180,
      autoPanPaddingTopLeft: [52, 12], autoPanPaddingBottomRight: [12, 12],
    });
    shape.on("click", () => picked(area));
    const strong = (colour) => { pointed.setStyle({ color: colour }).setLatLngs(shape.getLatLngs()); };
    const weak = () => pointed.setLatLngs([]);
    shape.on("mouseover", () => strong("#1b1f24")).on("mouseout", weak);
    shape.on("popupclose", () => { if (path.dataset.opened) { delete path.dataset.opened; path.focus(); } });
    path.setAttribute("tabindex", "0");
    path.setAttribute("role", "button");
    path.addEventListener("focus", () => {
      if (!path.matches(":focus-visible")) return;
      strong("#b94a12");
      if (!map.getBounds().contains(area.middle)) map.panTo(area.middle, { animate: false });
      shape.openTooltip(area.middle);
    });
    path.addEventListener("blur", () => { weak(); shape.closeTooltip(); });
    path.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      shape.closeTooltip();
      path.dataset.opened = "1";
      shape.openPopup(area.middle);
      picked(area);
      const close = element.querySelector(".leaflet-popup-close-button");
      if (close) close.focus();
    });
  }
  map.on("popupopen", (event) => {
    for (const shape of shapes.values()) shape.closeTooltip();
    const close = event.popup.getElement().querySelector(".leaflet-popup-close-button");
    if (close) close.setAttribute("aria-label", words.close);
  });
  element.addEventListener("keydown", (event) => { if (event.key === "Escape") map.closePopup(); });

  // Names that would lie on one another give way: members first, then the larger room.
  const declutter = () => {
    const names = [...data.areas].sort((a, b) => b.member - a.member).map((area) => marks.get(area.id).name.getElement());
    const boxes = names.map((name) => name.getBoundingClientRect()), taken = [];
    names.forEach((name, k) => {
      const box = boxes[k];
      const hit = taken.some((one) => box.left < one.right + 2 && one.left < box.right + 2 && box.top < one.bottom && one.top < box.bottom);
      name.classList.toggle("away", hit);
      if (!hit && box.width) taken.push(box);
    });
  };

  legend = options.legend || legendControl();
  function legendControl() {
    const control = L.control({ position: "topright" });
    const box = make("details", "lnlegend");
    box.open = element.clientWidth >= 520;
    control.onAdd = () => { L.DomEvent.disableClickPropagation(box); L.DomEvent.disableScrollPropagation(box); return box; };
    control.addTo(map);
    return box;
  }
  const swatch = (look) => {
    const box = drawn("svg", { viewBox: "0 0 30 18", "aria-hidden": "true", class: "lnswatch" });
    box.append(look);
    return box;
  };
  const rect = (fill) => drawn("rect", { x: 1, y: 1, width: 28, height: 16, fill, stroke: "#6b7280" });
  const nested = () => {
    const steps = layer.legend.map(([radius, label]) => [Number(radius), label]);
    const top = steps[0][0], high = 2 * top + 8;
    const box = drawn("svg", { viewBox: `0 0 ${2 * top + 150} ${high}`, width: 2 * top + 150, height: high, class: "lncircles", role: "img", "aria-label": steps.map((one) => one[1]).join(", ") });
    let last = -99;
    for (const [radius, label] of steps) {
      const y = Math.max(high - 2 - 2 * radius, last + 13, 6);
      last = y;
      box.append(drawn("circle", { cx: top + 1, cy: high - 2 - radius, r: radius, fill: "#7fb2dd", stroke: "#33383f" }));
      box.append(drawn("line", { x1: top + 1, y1: high - 2 - 2 * radius, x2: 2 * top + 8, y2: y, stroke: "#6b7280", "stroke-width": 0.6 }));
      const said = drawn("text", { x: 2 * top + 11, y: y + 4 });
      said.textContent = label;
      box.append(said);
    }
    return box;
  };
  const drawLegend = () => {
    const body = [];
    const isControl = legend.tagName === "DETAILS";
    if (isControl) body.push(make("summary", "", words.legend));
    if (isControl && data.layers.length > 1) body.push(chooser());
    const head = make("p", "lntitle");
    head.append(make("b", "", layer.title), " ", make("span", "", layer.year));
    body.push(head);
    if (layer.circles) body.push(nested());
    const list = make("ul");
    const line = (mark, said) => { const item = make("li"); item.append(swatch(mark), make("span", "", said)); list.append(item); };
    if (!layer.circles) for (const [fill, label] of layer.legend) line(rect(fill), label);
    const holes = data.areas.filter((area) => area.member && !figure(area)).length;
    if (holes) line(rect("url(#" + hatch + ")"), words.no_data_count.replace("{count}", holes));
    for (const { status, word } of data.outlines) {
      if (!word) continue;
      line(drawn("line", { x1: 1, y1: 9, x2: 29, y2: 9, stroke: "#33383f", "stroke-width": 2.5, "stroke-dasharray": dashes[status] }), word);
    }
    if (data.areas.some((area) => !area.member)) line(rect("#e2e5e9"), words.not_member);
    body.push(list);
    for (const note of [layer.method, ...data.notes]) if (note) body.push(make("p", "lnsmall", note));
    legend.replaceChildren(...body);
  };
  function chooser() {
    const label = make("label", "lnchoice", words.indicator);
    const select = make("select");
    for (const one of data.layers) { const item = make("option", "", one.title); item.value = one.indicator; select.append(item); }
    select.value = layer.indicator;
    select.addEventListener("change", () => { show(select.value); legend.querySelector("select").focus(); });
    label.append(select);
    return label;
  }

  const dark = (fill) => {
    const [red, green, blue] = [1, 3, 5].map((k) => parseInt(fill.slice(k, k + 2), 16));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 140;
  };
  const show = (indicator) => {
    layer = data.layers.find((one) => one.indicator === indicator) || data.layers[0] || null;
    map.closePopup();
    for (const area of data.areas) {
      const found = area.member ? figure(area) : null, { ring, name } = marks.get(area.id);
      const radius = found && layer.circles ? found.radius : 0;
      const fill = !area.member ? "#e2e5e9" : !layer ? "#dbe7f3" : !found ? "url(#" + hatch + ")" : layer.circles ? "#f4f5f6" : found.fill;
      shapes.get(area.id).setStyle({ fillColor: fill });
      ring.setRadius(radius).setStyle({ fill: radius > 0, stroke: radius > 0, fillColor: found ? found.fill : "none" });
      const mark = name.getElement();
      mark.classList.toggle("light", Boolean(found) && !radius && dark(found.fill));
      mark.style.setProperty("--down", (radius > 22 || !radius ? 0 : radius + 9) + "px");
      if (area.member) shapes.get(area.id).getElement().setAttribute("aria-label", area.name + words.colon + short(area));
    }
    if (layer) drawLegend();
    if (element.dataset.ready) declutter();
  };

  show(options.indicator);
  fit();
  element.dataset.ready = "1";
  declutter();
  map.on("zoomend resize", declutter);
  let wide = element.clientWidth;
  new ResizeObserver(() => { if (element.clientWidth && element.clientWidth !== wide) { wide = element.clientWidth; fit(); declutter(); } }).observe(element);
  // The wheel and one finger scroll the page until the map is in use.
  const touch = matchMedia("(pointer: coarse)").matches;
  const hold = () => { if (touch) map.dragging[map.getZoom() > map.getMinZoom() + 0.3 ? "enable" : "disable"](); };
  map.on("zoomend", hold);
  hold();
  map.on("focus", () => map.scrollWheelZoom.enable()).on("blur", () => map.scrollWheelZoom.disable());
  return { map, show, shapes };
};

// Draw the data that a widget of the notebook around this page holds, and draw again when they are others.
window.lnregionsFollow = function (element, source) {
  let drawn = "";
  const draw = () => {
    const found = parent.document.querySelector("." + CSS.escape(source) + " script")?.textContent;
    if (!found || found === drawn) return;
    drawn = found;
    const fresh = element.cloneNode(false);
    element.replaceWith(fresh);
    element = fresh;
    element.className = "folium-map";
    const data = JSON.parse(found);
    document.documentElement.lang = data.language === "zh" ? "zh-CN" : "en";
    document.title = frameElement.title = data.label;
    window.lnregionsMap(element, data);
  };
  draw();
  setInterval(draw, 50);
};

"use strict";
(() => {
  const root = document.documentElement, words = document.body.dataset;
  const coarse = matchMedia("(pointer: coarse)").matches;
  const figures = [...document.querySelectorAll("figure.chart")];
  let printing = false;

  // Theme: as the system has it, or as chosen; a frame without storage forgets the choice.
  const dark = matchMedia("(prefers-color-scheme: dark)"), theme = document.getElementById("theme");
  const kept = { get() { try { return localStorage.getItem("theme"); } catch { return null; } },
                 set(mode) { try { localStorage.setItem("theme", mode); } catch { /* not allowed here */ } } };
  const paint = () => {
    const wanted = theme.value === "auto" ? dark.matches : theme.value === "dark";
    root.classList.toggle("dark", wanted && !printing);
    figures.filter((each) => each.drawn).forEach(draw);
  };
  theme.value = kept.get() ?? "auto";
  if (!theme.value) theme.value = "auto";
  theme.addEventListener("change", () => { kept.set(theme.value); paint(); });
  dark.addEventListener("change", paint);

  // Tables: a click on a title sorts, numbers by value, what is not known last.
  const value = (row, place) => {
    const cell = row.cells[place], key = cell.dataset.sort;
    if (key === undefined) return cell.textContent.trim();
    return key === "" ? null : Number.isNaN(Number(key)) ? key : Number(key);
  };
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), words.language, { numeric: true });
  };
  const fold = (table) => {
    const most = Number(table.dataset.rows);
    if (most) [...table.tBodies[0].rows].forEach((row, i) => { row.hidden = i >= most; });
  };
  const sort = (table, head, place) => {
    const falling = head.getAttribute("aria-sort") === "ascending" || (head.classList.contains("number") && !head.hasAttribute("aria-sort"));
    const rows = [...table.tBodies[0].rows].map((row) => [value(row, place), row]);
    rows.sort(([a], [b]) => (a === null || b === null ? (a === null) - (b === null) : falling ? compare(b, a) : compare(a, b)));
    table.tHead.querySelectorAll("th").forEach((each) => each.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", falling ? "descending" : "ascending");
    table.tBodies[0].append(...rows.map(([, row]) => row));
    fold(table);
  };
  document.querySelectorAll(".table > table").forEach((table) => {
    [...table.tHead.rows[0].cells].forEach((head, place) => {
      head.querySelector("button")?.addEventListener("click", () => sort(table, head, place));
    });
    const more = table.parentElement.nextElementSibling;
    if (table.dataset.rows && more?.classList.contains("more")) {
      fold(table);
      more.hidden = false;
      more.addEventListener("click", () => {
        delete table.dataset.rows;
        [...table.tBodies[0].rows].forEach((row) => { row.hidden = false; });
        more.hidden = true;
      });
    }
  });

  // Panels: one at a time.
  document.querySelectorAll(".switch").forEach((each) => {
    const panels = [...each.children].filter((child) => child.classList.contains("panel"));
    each.querySelector("select").addEventListener("change", (event) => {
      panels.forEach((panel, i) => { panel.hidden = i !== Number(event.target.value); });
    });
  });

  // Figures: plotly is unpacked once; each figure is drawn when it comes into sight.
  const colour = (text) => text.replace(/^@(\w+)(?:\/(\d+))?$/, (_, name, share) => {
    const found = getComputedStyle(root).getPropertyValue("--" + name).trim();
    return share ? found + Math.round(2.55 * Number(share)).toString(16).padStart(2, "0") : found;
  });
  const tinted = (node) => {
    if (typeof node === "string") return node.startsWith("@") ? colour(node) : node;
    if (Array.isArray(node)) return node.map(tinted);
    return node && typeof node === "object" ? Object.fromEntries(Object.entries(node).map(([k, v]) => [k, tinted(v)])) : node;
  };
  const DATA = ["x", "y", "z", "customdata", "text"];
  // The array of a name with the chosen values in it. Where everything is chosen (*), all that there are, with gaps between.
  const named = (arrays, name, chosen) => {
    const key = name.replace(/\{(\w+)\}/g, (_, choice) => chosen[choice]);
    if (!key.includes("*")) return arrays[key];
    const found = [];
    for (let i = 0; i < chosen.most; i++) found.push(arrays[key.replace("*", i)]);
    return found;
  };
  const joined = (parts) => parts.flatMap((part, i) => (i ? [null, ...part] : part));
  const filled = (traces, arrays, chosen) => traces.map((trace) => {
    const copy = { ...trace }, asked = DATA.filter((key) => typeof trace[key] === "string");
    const found = asked.map((key) => named(arrays, trace[key], chosen));
    if (!found.every(Boolean)) return null;
    const some = found.filter((each) => !each.length || Array.isArray(each[0]) || each[0] === undefined);
    const whole = (some[0] ?? []).map((_, i) => some.every((each) => each[i])); // a part that one array lacks is left out
    asked.forEach((key, k) => { copy[key] = some.includes(found[k]) ? joined(found[k].filter((_, i) => whole[i])) : found[k]; });
    return asked.some((key) => !copy[key].length) ? null : copy;
  }).filter(Boolean);
  const axis = (given) => ({ gridcolor: "@grid", linecolor: "@grid", zerolinecolor: "@grid", tickfont: { color: "@muted" }, automargin: true,
    fixedrange: coarse, ...given, title: { text: given?.title ?? "", font: { color: "@muted", size: 12 }, standoff: 8 } });
  const layout = (given, height) => ({
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", height, margin: { l: 8, r: 12, t: 10, b: 8 },
    font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: "@ink" }, hovermode: "closest",
    hoverlabel: { bgcolor: "@card", bordercolor: "@line", font: { color: "@ink" } }, dragmode: coarse ? false : "zoom",
    legend: { orientation: "h", x: 0, xanchor: "left", y: 0, yref: "container", yanchor: "bottom", font: { color: "@ink" }, itemsizing: "constant" },
    ...given, xaxis: axis(given.xaxis), yaxis: axis(given.yaxis),
  });
  function draw(figure) {
    const data = figure.data, place = figure.querySelector(".plot");
    const chosen = { ...JSON.parse(figure.dataset.fixed ?? "{}") };
    figure.querySelectorAll("select[data-key]").forEach((each) => {
      chosen[each.dataset.key] = each.value;
      if (each.value === "*") chosen.most = each.options.length - 1;
    });
    const config = { displayModeBar: false, responsive: true, locale: "page", showTips: false };
    const made = layout(data.layout, data.height);
    if (printing) Object.assign(made, { width: 660, autosize: false });
    figure.drawn = true;
    return Plotly.react(place, tinted(filled(data.traces, data.arrays, chosen)), tinted(made), config);
  }
  const unpack = async (text) => {
    const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.body.append(script);
  };
  const seasoned = () => {
    const months = words.months.split(" "), own = { months, shortMonths: months };
    const dates = { date: words.full, year: words.year, month: words.month, dayMonth: words.day, dayMonthYear: words.full };
    Plotly.register({ moduleType: "locale", name: "page", dictionary: {}, format: { ...own, ...dates } });
  };
  const watch = () => {
    const seen = new IntersectionObserver((entries) => entries.filter((each) => each.isIntersecting).forEach((each) => {
      seen.unobserve(each.target);
      if (!each.target.drawn) draw(each.target);
    }), { rootMargin: "400px" });
    figures.forEach((figure) => {
      seen.observe(figure);
      figure.querySelectorAll("select[data-key]").forEach((each) => each.addEventListener("change", () => draw(figure)));
    });
  };
  const start = async () => {
    figures.forEach((figure) => {
      figure.data = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
      figure.querySelector(".plot").style.minHeight = figure.data.height + "px";
    });
    const packed = document.getElementById("plotly");
    if (!packed) return;
    if (typeof DecompressionStream === "undefined") {
      figures.forEach((figure) => { figure.querySelector(".plot").textContent = words.old; });
      return;
    }
    await unpack(packed.textContent);
    packed.remove();
    seasoned();
    watch();
  };

  // Paper is light, as wide as a page, and shows every figure.
  const print = (on) => {
    printing = on;
    if (typeof Plotly !== "undefined" && on) figures.forEach((figure) => { figure.drawn = true; });
    paint();
  };
  addEventListener("beforeprint", () => print(true));
  addEventListener("afterprint", () => print(false));

  // The list of sections shows where the reader is.
  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.getAttribute("href").slice(1), link]));
  const spy = new IntersectionObserver((entries) => entries.forEach((each) => {
    links.get(each.target.id)?.classList.toggle("here", each.isIntersecting);
  }), { rootMargin: "-30% 0px -69% 0px" });
  document.querySelectorAll("main > section").forEach((section) => spy.observe(section));

  paint();
  start().finally(() => { root.dataset.ready = "yes"; });
})();

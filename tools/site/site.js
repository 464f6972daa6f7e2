// Written by tools docs. Search, theme, and diagrams that can be moved; without it every page can be read.
"use strict";

const root = document.body.dataset.root;

// -- theme

const theme = document.getElementById("theme");
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function shownTheme() {
  return document.documentElement.dataset.theme || (dark.matches ? "dark" : "light");
}

function nameTheme() {
  theme.textContent = shownTheme() === "dark" ? "Light" : "Dark";
}

theme.hidden = false;
nameTheme();
dark.addEventListener("change", nameTheme);
theme.addEventListener("click", () => {
  const chosen = shownTheme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = chosen;
  try {
    localStorage.setItem("schema-theme", chosen);
  } catch {
    // it holds for this page
  }
  nameTheme();
});

// -- search: the index is loaded when somebody asks

const field = document.getElementById("search");
const found = document.getElementById("found");
const MOST = 30;
let loading = null;
let selected = -1;

function loadIndex() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${root}search.js`;
    script.onload = () => resolve(window.schemaIndex.map(readied));
    script.onerror = reject;
    document.head.append(script);
  });
  return loading;
}

function readied([kind, name, page, words, parts]) {
  return { kind, name, page, words, parts, lower: name.toLowerCase(), all: `${name} ${words} ${parts}`.toLowerCase() };
}

const WEIGHTS = { table: 0, view: 0, area: 1, query: 2, migration: 4, index: 3 };

function rank(entry, words) {
  let sum = WEIGHTS[entry.kind] ?? 2;
  for (const word of words) {
    if (!entry.all.includes(word)) {
      return Infinity;
    }
    const last = entry.lower.slice(entry.lower.lastIndexOf(".") + 1);
    if (last === word) {
      sum += 0;
    } else if (last.startsWith(word)) {
      sum += 10;
    } else if (entry.lower.includes(word)) {
      sum += 20;
    } else if (entry.parts.toLowerCase().split(" ").some((part) => part.startsWith(word))) {
      sum += 40;
    } else {
      sum += 60;
    }
  }
  return sum + entry.name.length / 100;
}

function marked(text, words) {
  const pieces = document.createDocumentFragment();
  const lower = text.toLowerCase();
  let at = 0;
  while (at < text.length) {
    const next = words.map((word) => [lower.indexOf(word, at), word.length]).filter(([place]) => place >= 0);
    next.sort((one, other) => one[0] - other[0]);
    if (!next.length) {
      break;
    }
    const [place, length] = next[0];
    const mark = document.createElement("mark");
    mark.textContent = text.slice(place, place + length);
    pieces.append(text.slice(at, place), mark);
    at = place + length;
  }
  pieces.append(text.slice(at));
  return pieces;
}

function line(entry, words, number) {
  const item = document.createElement("li");
  item.id = `found-${number}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  const link = document.createElement("a");
  link.href = root + entry.page;
  link.tabIndex = -1;
  const name = document.createElement("b");
  name.append(marked(entry.name, words));
  const kind = document.createElement("i");
  kind.textContent = entry.kind;
  link.append(name, kind);
  const columns = entry.parts.split(" ").filter((part) => words.some((word) => part.toLowerCase().includes(word)));
  const about = columns.length ? `${columns.slice(0, 6).join(", ")} · ${entry.words}` : entry.words;
  if (about) {
    const small = document.createElement("small");
    small.append(marked(about, words));
    link.append(small);
  }
  item.append(link);
  return item;
}

async function search() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) {
    close();
    return;
  }
  const index = await loadIndex();
  const ranked = [];
  for (const entry of index) {
    const weight = rank(entry, words);
    if (weight < Infinity) {
      ranked.push([weight, entry]);
    }
  }
  ranked.sort((one, other) => one[0] - other[0] || (one[1].name < other[1].name ? -1 : 1));
  found.replaceChildren(...ranked.slice(0, MOST).map(([, entry], number) => line(entry, words, number)));
  if (!ranked.length) {
    const none = document.createElement("li");
    none.className = "none";
    none.textContent = "Nothing found";
    found.append(none);
  }
  found.hidden = false;
  field.setAttribute("aria-expanded", "true");
  select(ranked.length ? 0 : -1);
}

function select(number) {
  const items = found.querySelectorAll("[role=option]");
  items.forEach((item, at) => item.setAttribute("aria-selected", String(at === number)));
  selected = number;
  if (items[number]) {
    field.setAttribute("aria-activedescendant", items[number].id);
    items[number].scrollIntoView({ block: "nearest" });
  } else {
    field.removeAttribute("aria-activedescendant");
  }
}

function close() {
  found.hidden = true;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
  selected = -1;
}

field.addEventListener("focus", loadIndex, { once: true });
field.addEventListener("input", search);
field.addEventListener("keydown", (event) => {
  const items = found.querySelectorAll("[role=option]");
  if (event.key === "ArrowDown" && items.length) {
    event.preventDefault();
    select((selected + 1) % items.length);
  } else if (event.key === "ArrowUp" && items.length) {
    event.preventDefault();
    select((selected + items.length - 1) % items.length);
  } else if (event.key === "Enter" && items[selected]) {
    items[selected].querySelector("a").click();
  } else if (event.key === "Escape") {
    close();
    field.blur();
  }
});
document.addEventListener("click", (event) => {
  if (!event.target.closest(".search")) {
    close();
  }
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    field.focus();
    field.select();
  }
});

// -- diagrams

class Viewer {
  constructor(frame) {
    this.frame = frame;
    this.stage = frame.querySelector(".stage");
    this.svg = frame.querySelector("svg");
    this.width = Number(this.svg.dataset.width);
    this.height = Number(this.svg.dataset.height);
    frame.classList.add("live");
    frame.querySelector(".controls").hidden = false;
    this.sizeStage();
    this.fit();
    this.listen();
    this.light();
  }

  sizeStage() {
    const wide = this.stage.clientWidth;
    const most = Math.min(window.innerHeight * 0.76, 860);
    this.stage.style.height = `${Math.max(180, Math.min(most, (this.height * Math.min(1, wide / this.width)) + 24))}px`;
    this.svg.setAttribute("preserveAspectRatio", "xMidYMid meet");
  }

  // how many units of the drawing a pixel is
  get unit() {
    const box = this.stage.getBoundingClientRect();
    return Math.max(this.view[2] / box.width, this.view[3] / box.height);
  }

  fit() {
    const box = this.stage.getBoundingClientRect();
    // never larger than drawn; a drawing far too large for the frame starts at its upper left, readable
    const scale = Math.min(1, box.width / this.width, box.height / this.height);
    const wide = box.width / scale;
    const high = box.height / scale;
    this.view = [(this.width - wide) / 2, (this.height - high) / 2, wide, high];
    this.draw();
  }

  draw() {
    this.svg.setAttribute("viewBox", this.view.map((one) => one.toFixed(1)).join(" "));
  }

  zoom(factor, x, y) {
    const box = this.stage.getBoundingClientRect();
    const least = box.width / 3;
    const most = Math.max(this.width, this.height) * 3 + box.width;
    const wide = Math.min(most, Math.max(least, this.view[2] * factor));
    const real = wide / this.view[2];
    const left = x === undefined ? 0.5 : (x - box.left) / box.width;
    const top = y === undefined ? 0.5 : (y - box.top) / box.height;
    this.view = [
      this.view[0] + this.view[2] * left * (1 - real),
      this.view[1] + this.view[3] * top * (1 - real),
      wide,
      this.view[3] * real,
    ];
    this.draw();
  }

  move(x, y) {
    this.view[0] -= x * this.unit;
    this.view[1] -= y * this.unit;
    this.draw();
  }

  full() {
    this.frame.classList.toggle("full");
    this.fit();
  }

  listen() {
    const acts = { in: () => this.zoom(0.75), out: () => this.zoom(1 / 0.75), fit: () => this.fit(), full: () => this.full() };
    this.frame.querySelectorAll("[data-act]").forEach((one) => one.addEventListener("click", acts[one.dataset.act]));
    this.stage.addEventListener(
      "wheel",
      (event) => {
        // the page scrolls past a diagram that nobody took hold of
        if (event.ctrlKey || event.metaKey || this.held || this.frame.classList.contains("full")) {
          event.preventDefault();
          this.zoom(Math.exp(event.deltaY * 0.0018), event.clientX, event.clientY);
        }
      },
      { passive: false },
    );
    this.drag();
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.frame.classList.contains("full")) {
        this.full();
      }
    });
    document.addEventListener("pointerdown", (event) => {
      this.held = this.frame.contains(event.target);
    });
    window.addEventListener("resize", () => {
      this.sizeStage();
      this.fit();
    });
  }

  drag() {
    const fingers = new Map();
    let moved = 0;
    this.stage.addEventListener("pointerdown", (event) => {
      if (event.button === 0) {
        fingers.set(event.pointerId, [event.clientX, event.clientY]);
        moved = 0;
      }
    });
    window.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId);
      if (!before) {
        return;
      }
      const now = [event.clientX, event.clientY];
      if (fingers.size === 2) {
        const other = [...fingers].find(([id]) => id !== event.pointerId)[1];
        const far = (one) => Math.hypot(one[0] - other[0], one[1] - other[1]) || 1;
        this.zoom(far(before) / far(now), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      } else {
        this.move(now[0] - before[0], now[1] - before[1]);
      }
      moved += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
      this.stage.classList.add("held");
      fingers.set(event.pointerId, now);
    });
    const release = (event) => {
      fingers.delete(event.pointerId);
      this.stage.classList.remove("held");
    };
    window.addEventListener("pointerup", release);
    window.addEventListener("pointercancel", release);
    this.svg.addEventListener("dragstart", (event) => event.preventDefault());
    this.svg.addEventListener(
      "click",
      (event) => {
        if (moved > 6) {
          event.preventDefault();
        }
      },
      true,
    );
  }

  // what is pointed at stands out, with what it is tied to
  light() {
    const edges = [...this.svg.querySelectorAll(".edge")].map((edge) => [edge, edge.dataset.ends.split(" ")]);
    const nodes = new Map([...this.svg.querySelectorAll(".node")].map((node) => [node.dataset.id, node]));
    const show = (ids, lit) => {
      this.svg.classList.add("dim");
      ids.forEach((id) => nodes.get(id)?.classList.add("lit"));
      lit.forEach((edge) => edge.classList.add("lit"));
    };
    const hide = () => {
      this.svg.classList.remove("dim");
      this.svg.querySelectorAll(".lit").forEach((one) => one.classList.remove("lit"));
    };
    nodes.forEach((node, id) => {
      const enter = () => {
        const mine = edges.filter(([, ends]) => ends.includes(id));
        show([id, ...mine.flatMap(([, ends]) => ends)], mine.map(([edge]) => edge));
      };
      node.addEventListener("pointerenter", enter);
      node.addEventListener("focus", enter);
      node.addEventListener("pointerleave", hide);
      node.addEventListener("blur", hide);
    });
    edges.forEach(([edge, ends]) => {
      edge.addEventListener("pointerenter", () => show(ends, [edge]));
      edge.addEventListener("pointerleave", hide);
    });
  }
}

document.querySelectorAll(".viewer").forEach((frame) => new Viewer(frame));

// a part that is linked to is open
function openTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const box = target && target.closest("details");
  if (box) {
    box.open = true;
  }
}

window.addEventListener("hashchange", openTarget);
openTarget();

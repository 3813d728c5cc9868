/** An element with attributes and children: the loader is too small for a library. */
export function part<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Record<string, string>, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** The speech bubble on the button; decoration. */
export function icon(): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "2", "aria-hidden": "true" })) {
    svg.setAttribute(name, value);
  }
  for (const line of ["M4 5h16v11H11l-5 4v-4H4z", "M8 9h8M8 12.5h5"]) {
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", line);
    path.setAttribute("stroke-linejoin", "round");
    path.setAttribute("stroke-linecap", "round");
    svg.append(path);
  }
  return svg;
}

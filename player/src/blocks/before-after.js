// Before and after: how much of the picture before is shown is a width in the style, set by a native slider.

export function sides() {
  document.addEventListener("input", ({ target }) => {
    if (target instanceof HTMLInputElement && "compare" in target.dataset)
      target.parentElement?.style.setProperty("--at", `${target.value}%`);
  });
}

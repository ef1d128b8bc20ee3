// Runs before the first paint, so that a chosen theme and density do not flash in. A choice lasts on this machine; without one the system decides.
(() => {
  const root = document.documentElement;
  for (const [name, values] of Object.entries({ theme: ['light', 'dark'], density: ['compact'] })) {
    try {
      const chosen = localStorage.getItem(`f2j-${name}`);
      if (chosen !== null && values.includes(chosen)) root.dataset[name] = chosen;
    } catch {
      // A browser that keeps nothing shows the usual look.
    }
  }
})();

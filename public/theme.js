// Before the first paint: the reader's choice of light or dark, so that nothing flashes. Without a choice the system's rules.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {}

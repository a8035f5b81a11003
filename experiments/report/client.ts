/** Style of the page: light and dark by the reader's setting or the button, and plain on paper. */
export const STYLE_SHEET = `
:root { color-scheme: light; --ground: #ffffff; --text: #1c2024; --faint: #5b636b; --line: #d9dee3; --card: #f6f8fa; }
:root[data-theme=dark] { color-scheme: dark; --ground: #14171a; --text: #e6e9ec; --faint: #9aa4ae; --line: #343a40; --card: #1d2125; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1180px; padding: 24px; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 28px; } h2 { font-size: 19px; margin: 0 0 8px; }
.facts span { display: inline-block; margin: 0 8px 6px 0; padding: 2px 10px; border-radius: 12px; background: var(--card); color: var(--faint); font-size: 13px; }
nav { font-size: 13.5px; line-height: 1.9; } nav a { margin-right: 16px; color: var(--faint); text-decoration: none; } nav a:hover { text-decoration: underline; }
section { margin: 34px 0; break-inside: avoid; }
.caption { color: var(--faint); font-size: 13.5px; max-width: 90ch; }
a { color: inherit; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; margin-bottom: 18px; font-size: 14px; }
th, td { padding: 5px 6px; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } th { color: var(--faint); font-weight: 600; white-space: normal; vertical-align: bottom; }
td .swatch { display: inline-block; width: 10px; height: 10px; margin-right: 8px; border-radius: 2px; }
.interval { color: var(--faint); font-size: 12px; }
pre { background: var(--card); padding: 12px; overflow-x: auto; font-size: 12.5px; line-height: 1.4; }
details > summary { cursor: pointer; color: var(--faint); padding: 2px 0; }
#theme { float: right; border: 1px solid var(--line); border-radius: 6px; background: var(--card); color: var(--text); font-size: 17px; padding: 2px 10px; cursor: pointer; }
@media print { #theme, nav, .modebar, a[data-svg], a[download] { display: none !important; } body { max-width: none; padding: 0; } }
`;

/** Draws the figures and draws them again when the theme changes. Plain JavaScript of any browser with plotly loaded. */
export const CLIENT_SCRIPT = `
(() => {
  const figures = JSON.parse(document.getElementById('figures').textContent);
  const root = document.documentElement;
  const wanted = new URLSearchParams(location.search).get('theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const setTheme = (dark) => { root.dataset.theme = dark ? 'dark' : 'light'; };
  setTheme(wanted ? wanted === 'dark' : system.matches);

  const themed = (layout, height) => {
    const style = getComputedStyle(root);
    const text = style.getPropertyValue('--text').trim();
    const line = style.getPropertyValue('--line').trim();
    const card = style.getPropertyValue('--card').trim();
    const result = {
      paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)', margin: { l: 60, r: 20, t: 40, b: 60 },
      // Below the axis and its title, whatever the height: y is a share of the plot.
      legend: { orientation: 'h', y: -56 / (height - 100), yanchor: 'top' }, ...structuredClone(layout), height,
      font: { color: text, family: 'system-ui, sans-serif', size: 13 }, hoverlabel: { font: { family: 'system-ui, sans-serif' } },
    };
    for (const key of ['xaxis', 'yaxis', ...Object.keys(result).filter((name) => /^[xy]axis[0-9]+$/.test(name))]) {
      if (result[key] || !/[0-9]/.test(key)) result[key] = { gridcolor: line, zerolinecolor: line, linecolor: line, ...result[key] };
    }
    for (const menu of result.updatemenus ?? []) Object.assign(menu, { bgcolor: card, bordercolor: line, font: { color: text, size: 12 } });
    return result;
  };
  const config = { responsive: true, displaylogo: false, modeBarButtonsToRemove: ['lasso2d', 'select2d'], toImageButtonOptions: { format: 'png', scale: 2 } };
  // Whiskers take the colour of the text.
  const inked = (data) => structuredClone(data).map((trace) => {
    if (trace.error_x) trace.error_x.color = getComputedStyle(root).getPropertyValue('--text').trim();
    return trace;
  });
  const draw = () => Promise.all(figures.map(({ id, data, layout, height }) =>
    Plotly.react(id, inked(data), themed(layout, height), { ...config, toImageButtonOptions: { ...config.toImageButtonOptions, filename: id } })));
  const drawn = () => { root.dataset.drawn = String(figures.length); };
  draw().then(drawn);
  document.getElementById('theme').addEventListener('click', () => { setTheme(root.dataset.theme !== 'dark'); draw(); });
  system.addEventListener('change', (event) => { setTheme(event.matches); draw(); });
  // Paper has nothing to click on.
  let opened = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details.fold:not([open])')];
    for (const fold of opened) fold.open = true;
  });
  addEventListener('afterprint', () => { for (const fold of opened) fold.open = false; });
  for (const link of document.querySelectorAll('a[data-svg]')) {
    link.addEventListener('click', (event) => {
      event.preventDefault();
      Plotly.downloadImage(link.dataset.svg, { format: 'svg', filename: link.dataset.svg, width: 1100, height: document.getElementById(link.dataset.svg).offsetHeight });
    });
  }
})();
`;

// Runs before the first paint, so that a light or English page does not flash dark and Chinese.
(function () {
  var query = new URLSearchParams(location.search);
  function chosen(name, among, otherwise) {
    var value = query.get(name);
    try {
      if (among.indexOf(value) >= 0) localStorage.setItem('fenghuo.' + name, value);
      else value = localStorage.getItem('fenghuo.' + name);
    } catch (refused) { /* Storage may be switched off. */ }
    return among.indexOf(value) >= 0 ? value : otherwise;
  }
  var theme = chosen('theme', ['dark', 'light', 'system'], 'dark');
  var language = chosen('lang', ['zh', 'en'], 'zh');
  var root = document.documentElement;
  root.dataset.choice = theme;
  root.dataset.theme = theme !== 'system' ? theme : matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
  root.lang = language === 'zh' ? 'zh-CN' : 'en';
})();

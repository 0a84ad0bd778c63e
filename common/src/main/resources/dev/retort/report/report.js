(function () {
  'use strict';
  document.documentElement.classList.add('scripted');

  function each(root, selector, act) {
    Array.prototype.forEach.call(root.querySelectorAll(selector), act);
  }

  function matches(element, words) {
    return words.every(function (word) { return element.dataset.text.indexOf(word) >= 0; });
  }

  function wordsOf(input) {
    return input.value.toLowerCase().split(/\s+/).filter(Boolean);
  }

  function onFilter(name, act) {
    var tools = document.querySelector('[data-tools=' + name + ']');
    if (!tools) { return; }
    var input = tools.querySelector('input');
    input.addEventListener('input', function () {
      tools.querySelector('.found').textContent = act(wordsOf(input));
    });
  }

  function show(elements, words) {
    var shown = 0;
    Array.prototype.forEach.call(elements, function (element) {
      element.hidden = !matches(element, words);
      shown += element.hidden ? 0 : 1;
    });
    return words.length ? shown + ' of ' + elements.length : '';
  }

  onFilter('tensors', function (words) {
    each(document, '.tensors', function (kind) { if (words.length) { kind.open = true; } });
    return show(document.querySelectorAll('.tensor'), words);
  });

  onFilter('decisions', function (words) {
    var found = show(document.querySelectorAll('.decisions tbody tr'), words);
    each(document, '.group', function (group) {
      var hits = group.querySelectorAll('tbody tr:not([hidden])').length;
      if (group.dataset.open === undefined) { group.dataset.open = group.open ? '1' : ''; }
      group.hidden = hits === 0;
      group.open = words.length > 0 ? true : group.dataset.open === '1';
      each(group, '.scroll', function (table) {
        var isEmpty = !table.querySelector('tbody tr:not([hidden])');
        var said = table.previousElementSibling;
        table.hidden = isEmpty;
        if (said.className === 'shared') { said.hidden = isEmpty; }
      });
    });
    each(document, '.plan', function (plan) {
      plan.hidden = words.length > 0 && !plan.querySelector('.group:not([hidden])');
    });
    return found;
  });

  each(document, '[data-sort]', function (button) {
    button.addEventListener('click', function () {
      var key = button.dataset.sort;
      each(document, '.gallery', function (gallery) {
        var cards = Array.prototype.slice.call(gallery.children);
        cards.sort(function (a, b) { return a.dataset[key] - b.dataset[key] || a.dataset.number - b.dataset.number; });
        cards.forEach(function (card) { gallery.appendChild(card); });
      });
      press(button, '[data-sort]');
    });
  });

  // On a narrow screen the last model is what the reader came for.
  window.addEventListener('load', function () {
    var box = document.querySelector('.results').parentElement;
    box.scrollLeft = box.scrollWidth;
  });

  function press(button, group) {
    each(button.parentElement, group, function (other) {
      other.setAttribute('aria-pressed', String(other === button));
    });
  }

  each(document, '[data-copy]', function (button) {
    if (!navigator.clipboard) { return; }
    button.hidden = false;
    button.addEventListener('click', function () {
      navigator.clipboard.writeText(button.parentElement.querySelector('code').textContent).then(function () {
        button.textContent = 'Copied';
      });
    });
  });

  var dialog = document.getElementById('explorer');
  if (!dialog || !dialog.showModal || !window.echarts) { return; }
  var tensors = JSON.parse(document.getElementById('tensor-data').textContent);
  var chart = null;
  var current = 0;
  var scale = 'log';

  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  }

  function number(value) {
    return String(+value.toPrecision(4)).replace('-', '\u2212');
  }

  function bars(tensor, width) {
    return tensor.counts.map(function (count, i) {
      var middle = tensor.min + (i + 0.5) * width;
      var isKept = middle >= tensor.range[0] && middle <= tensor.range[1];
      var height = scale === 'log' && count === 0 ? null : count;
      return { value: [middle, height], itemStyle: { color: color(isKept ? 'fill' : 'clip') } };
    });
  }

  function tooltip(tensor, width) {
    return {
      trigger: 'axis', axisPointer: { type: 'none' }, backgroundColor: color('raised'), borderColor: color('rule'),
      textStyle: { color: color('ink') },
      formatter: function (items) {
        var i = items[0].dataIndex;
        return number(tensor.min + i * width) + ' to ' + number(tensor.min + (i + 1) * width) + '<br><b>'
          + tensor.counts[i].toLocaleString('en') + '</b> values';
      }
    };
  }

  function option(tensor) {
    var width = (tensor.max - tensor.min) / tensor.counts.length;
    var text = { color: color('soft') };
    var line = { lineStyle: { color: color('rule') } };
    return {
      animation: false,
      grid: { left: 62, right: 16, top: 12, bottom: 66 },
      tooltip: tooltip(tensor, width),
      xAxis: {
        type: 'value', min: tensor.min, max: tensor.max, axisTick: { show: false }, splitLine: { show: false },
        axisLabel: { color: color('soft'), showMinLabel: false, showMaxLabel: false, formatter: number },
        axisLine: { onZero: false, lineStyle: { color: color('faint') } }
      },
      yAxis: {
        type: scale === 'log' ? 'log' : 'value', min: scale === 'log' ? 1 : 0, splitLine: line, axisLine: { show: false }, axisTick: { show: false },
        axisLabel: { color: color('soft'), formatter: function (count) { return count.toLocaleString('en'); } }
      },
      dataZoom: [{
        type: 'slider', bottom: 8, height: 22, textStyle: text, labelFormatter: number, showDataShadow: false, brushSelect: false,
        borderColor: color('rule'), fillerColor: color('fill-soft'), handleStyle: { color: color('raised'), borderColor: color('fill') },
        moveHandleSize: 0, filterMode: 'none'
      }, { type: 'inside', filterMode: 'none' }],
      series: [{
        type: 'bar', data: bars(tensor, width), barCategoryGap: '6%', barMinHeight: scale === 'log' ? 3 : 0,
        markArea: {
          silent: true, itemStyle: { color: color('fill-soft'), opacity: 0.45 },
          data: [[{ xAxis: tensor.range[0] }, { xAxis: tensor.range[1] }]]
        }
      }]
    };
  }

  function draw() {
    var tensor = tensors[current];
    dialog.querySelector('h3').textContent = tensor.name;
    dialog.querySelector('.facts').textContent = 'Values ' + number(tensor.min) + ' to ' + number(tensor.max) + ', '
      + number(100 * tensor.zeros) + ' % zeros. Keeps ' + number(tensor.range[0]) + ' to ' + number(tensor.range[1])
      + ', clips ' + number(100 * tensor.clipped) + ' %. SQNR ' + tensor.noise + '; ' + tensor.note + '.';
    chart = chart || window.echarts.init(dialog.querySelector('.chart'));
    chart.resize();
    chart.setOption(option(tensor), true);
  }

  each(document, '.tensor', function (card) {
    card.tabIndex = 0;
    function open() {
      current = +card.dataset.number;
      dialog.showModal();
      draw();
    }
    card.addEventListener('click', open);
    card.addEventListener('keydown', function (event) { if (event.key === 'Enter') { open(); } });
  });
  each(dialog, '[data-scale]', function (button) {
    button.addEventListener('click', function () {
      scale = button.dataset.scale;
      press(button, '[data-scale]');
      draw();
    });
  });
  window.addEventListener('resize', function () { if (dialog.open) { chart.resize(); } });
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', function () { if (dialog.open) { draw(); } });
})();

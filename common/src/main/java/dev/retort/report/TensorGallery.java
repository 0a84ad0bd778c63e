package dev.retort.report;

import java.util.List;
import java.util.Locale;

/** Small multiples: the values of each quantized tensor, the range kept and what it clips. */
final class TensorGallery {
  private static final int HEIGHT = 60;
  private static final int WIDTH = 240;

  private TensorGallery() {}

  static boolean isEmpty(ReportData data) {
    return data.steps().stream().allMatch(step -> step.histograms().isEmpty());
  }

  static void write(Html html, ReportData data) {
    html.open("div", "class", "tools", "data-tools", "tensors");
    html.raw(
        "<input type=\"search\" placeholder=\"Filter tensors\" aria-label=\"Filter tensors\">"
            + "<button type=\"button\" data-sort=\"order\" aria-pressed=\"true\">Model order"
            + "</button><button type=\"button\" data-sort=\"clipped\" aria-pressed=\"false\">Most"
            + " clipped first</button><span class=\"found\"></span>");
    html.close("div").open("div", "class", "gallery");
    int number = 0;
    for (StepResult step : data.steps()) {
      for (TensorHistogram tensor : step.histograms()) {
        card(html, tensor, number++);
      }
    }
    html.close("div");
  }

  private static void card(Html html, TensorHistogram tensor, int number) {
    html.open(
        "figure",
        "class",
        "tensor",
        "data-number",
        Integer.toString(number),
        "data-clipped",
        Double.toString(tensor.clippedFraction()),
        "data-text",
        tensor.tensor().toLowerCase(Locale.ROOT));
    html.open("figcaption", "title", tensor.tensor()).text(tensor.tensor());
    html.close("figcaption");
    picture(html, tensor);
    html.open("p", "class", "ends");
    html.element("span", Numbers.significant(tensor.min(), 3));
    html.element("span", Numbers.significant(tensor.max(), 3)).close("p");
    html.open("p", "class", "range").text("keeps ");
    html.element("b", range(tensor)).text(", ");
    html.open("span")
        .text("clips ")
        .element("b", tensor.clippedFraction() > 0 ? "clips" : "", clipped(tensor));
    html.close("span").element("small", tensor.note()).close("p").close("figure");
  }

  static String range(TensorHistogram tensor) {
    return Numbers.significant(tensor.rangeMin(), 3)
        + " … "
        + Numbers.significant(tensor.rangeMax(), 3);
  }

  private static String clipped(TensorHistogram tensor) {
    return tensor.clippedFraction() > 0 ? Numbers.share(tensor.clippedFraction()) : "nothing";
  }

  private static void picture(Html html, TensorHistogram tensor) {
    Axis axis = new Axis(tensor.min(), tensor.max());
    double left = WIDTH * axis.position(tensor.rangeMin()) / 100;
    double right = WIDTH * axis.position(tensor.rangeMax()) / 100;
    html.open(
        "svg",
        "viewBox",
        "0 0 " + WIDTH + " " + HEIGHT,
        "preserveAspectRatio",
        "none",
        "role",
        "img",
        "aria-label",
        "Histogram of " + tensor.tensor());
    html.raw(rectangle("kept", left, right - left));
    html.raw(path("in", tensor, axis, true)).raw(path("out", tensor, axis, false));
    html.raw(line(left)).raw(line(right)).close("svg");
  }

  /** The bins inside or outside of the range; heights are logarithms of the counts. */
  private static String path(String cssClass, TensorHistogram tensor, Axis axis, boolean inside) {
    List<TensorHistogram.Bin> bins = tensor.bins();
    double top = bins.stream().mapToDouble(TensorGallery::height).max().orElse(1);
    StringBuilder path = new StringBuilder();
    for (TensorHistogram.Bin bin : bins) {
      double middle = (bin.low() + bin.high()) / 2;
      boolean isInside = middle >= tensor.rangeMin() && middle <= tensor.rangeMax();
      if (bin.count() > 0 && isInside == inside) {
        double height = (HEIGHT - 2) * height(bin) / top;
        path.append(column(axis, bin, height));
      }
    }
    return "<path class=\"%s\" d=\"%s\"/>".formatted(cssClass, path);
  }

  private static double height(TensorHistogram.Bin bin) {
    return Math.log1p((double) bin.count());
  }

  private static String column(Axis axis, TensorHistogram.Bin bin, double height) {
    double left = WIDTH * axis.position(bin.low()) / 100;
    double width = Math.max(0.5, WIDTH * axis.position(bin.high()) / 100 - left);
    return String.format(
        Locale.ROOT, "M%.2f %dv%.2fh%.2fv%.2fz", left, HEIGHT, -height, width, height);
  }

  private static String rectangle(String cssClass, double left, double width) {
    return String.format(
        Locale.ROOT,
        "<rect class=\"%s\" x=\"%.2f\" y=\"0\" width=\"%.2f\" height=\"%d\"/>",
        cssClass,
        left,
        width,
        HEIGHT);
  }

  private static String line(double x) {
    return String.format(Locale.ROOT, "<path class=\"end\" d=\"M%.2f 0v%d\"/>", x, HEIGHT);
  }
}

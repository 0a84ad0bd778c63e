package dev.retort.report;

import java.util.List;
import java.util.Locale;
import java.util.function.DoublePredicate;

/** Small multiples: the values of each quantized tensor, the range kept and what it clips. */
final class TensorGallery {
  private static final int HEIGHT = 60;

  /** A gallery of activations up to this size is open from the start; weights never are. */
  private static final int OPEN_UP_TO = 24;

  private final Html html;
  private int number;

  private TensorGallery(Html html) {
    this.html = html;
  }

  static boolean isEmpty(ReportData data) {
    return data.activations().isEmpty() && data.weights().isEmpty();
  }

  static void write(Html html, ReportData data) {
    html.open("div", "class", "tools", "data-tools", "tensors");
    html.raw(
        "<input type=\"search\" placeholder=\"Filter tensors\" aria-label=\"Filter tensors\">"
            + "<button type=\"button\" data-sort=\"number\" aria-pressed=\"true\">Model order"
            + "</button><button type=\"button\" data-sort=\"noise\" aria-pressed=\"false\">Noisiest"
            + " first</button><button type=\"button\" data-sort=\"clipped\" aria-pressed=\"false\">"
            + "Most clipped first</button><span class=\"found\"></span>");
    html.close("div");
    TensorGallery gallery = new TensorGallery(html);
    gallery.write("Activations", data.activations(), OPEN_UP_TO);
    gallery.write("Weights", data.weights(), 0);
  }

  private void write(String title, List<TensorHistogram> tensors, int openUpTo) {
    if (tensors.isEmpty()) {
      return;
    }
    if (tensors.size() <= openUpTo) {
      html.open("details", "class", "tensors", "open", "");
    } else {
      html.open("details", "class", "tensors");
    }
    html.open("summary").element("b", title).element("small", summary(tensors)).close("summary");
    html.open("div", "class", "gallery");
    tensors.forEach(this::card);
    html.close("div").close("details");
  }

  /** Such as "16 tensors, SQNR 38.1 to 44.5 dB, at most 0.002 % clipped". */
  private static String summary(List<TensorHistogram> tensors) {
    double least = tensors.stream().mapToDouble(t -> t.kept().signalToNoise()).min().orElse(0);
    double greatest = tensors.stream().mapToDouble(t -> t.kept().signalToNoise()).max().orElse(0);
    double clipped = tensors.stream().mapToDouble(t -> t.kept().clippedFraction()).max().orElse(0);
    return Numbers.exact(tensors.size())
        + (tensors.size() == 1 ? " tensor, SQNR " : " tensors, SQNR ")
        + (least == greatest ? "" : Numbers.fixed(least, 1) + " to ")
        + Numbers.decibels(greatest)
        + (clipped > 0 ? ", at most " + Numbers.share(clipped) + " clipped" : ", nothing clipped");
  }

  private void card(TensorHistogram tensor) {
    TensorHistogram.Kept kept = tensor.kept();
    html.open(
        "figure",
        "class",
        "tensor",
        "data-number",
        Integer.toString(number++),
        "data-clipped",
        Double.toString(-kept.clippedFraction()),
        "data-noise",
        Double.toString(Math.min(kept.signalToNoise(), Float.MAX_VALUE)),
        "data-text",
        tensor.tensor().toLowerCase(Locale.ROOT));
    html.open("figcaption").text(tensor.tensor()).close("figcaption");
    picture(tensor);
    html.open("p", "class", "ends");
    html.element("span", Numbers.significant(tensor.min(), 3));
    html.element("span", Numbers.significant(tensor.max(), 3)).close("p");
    html.open("p", "class", "range").text("keeps ").element("b", range(tensor)).text(", ");
    html.open("span").text("clips ");
    html.element("b", kept.clippedFraction() > 0 ? "clips" : "", clipped(tensor)).close("span");
    html.element("small", "SQNR " + Numbers.decibels(kept.signalToNoise()) + "; " + tensor.note());
    html.close("p").close("figure");
  }

  static String range(TensorHistogram tensor) {
    return Numbers.significant(tensor.kept().min(), 3)
        + " … "
        + Numbers.significant(tensor.kept().max(), 3);
  }

  private static String clipped(TensorHistogram tensor) {
    double clipped = tensor.kept().clippedFraction();
    return clipped > 0 ? Numbers.share(clipped) : "nothing";
  }

  /** One unit of width is one interval of the histogram, which keeps the paths short. */
  private void picture(TensorHistogram tensor) {
    int width = tensor.counts().size();
    Axis axis = new Axis(tensor.min(), tensor.max());
    double left = width * axis.position(tensor.kept().min()) / 100;
    double right = width * axis.position(tensor.kept().max()) / 100;
    html.raw("<svg viewBox=\"0 0 " + width + " " + HEIGHT + "\" preserveAspectRatio=\"none\"");
    html.raw(" role=\"img\" aria-label=\"Histogram\">");
    html.raw(
        String.format(
            Locale.ROOT,
            "<path class=\"kept\" d=\"M%.1f 0H%.1fV%dH%.1fz\"/>",
            left,
            right,
            HEIGHT,
            left));
    html.raw("<path class=\"in\" d=\"" + columns(tensor, x -> x >= left && x <= right) + "\"/>");
    html.raw("<path class=\"out\" d=\"" + columns(tensor, x -> x < left || x > right) + "\"/>");
    html.raw(String.format(Locale.ROOT, "<path class=\"end\" d=\"M%.1f 0v%d\"/>", left, HEIGHT));
    html.raw(String.format(Locale.ROOT, "<path class=\"end\" d=\"M%.1f 0v%d\"/>", right, HEIGHT));
    html.raw("</svg>");
  }

  /** The outline of the intervals whose middle is taken; heights are logarithms of the counts. */
  private static String columns(TensorHistogram tensor, DoublePredicate isTaken) {
    List<Long> counts = tensor.counts();
    double top = counts.stream().mapToDouble(Math::log1p).max().orElse(1);
    StringBuilder path = new StringBuilder();
    boolean isOpen = false;
    for (int i = 0; i < counts.size(); i++) {
      boolean isDrawn = counts.get(i) > 0 && isTaken.test(i + 0.5);
      if (isDrawn) {
        path.append(isOpen ? "" : "M" + i + " " + HEIGHT);
        long height = Math.round((HEIGHT - 2) * Math.log1p(counts.get(i)) / top);
        path.append('V').append(HEIGHT - height).append("h1");
      } else if (isOpen) {
        path.append('V').append(HEIGHT).append('z');
      }
      isOpen = isDrawn;
    }
    return path.append(isOpen ? "V" + HEIGHT + "z" : "").toString();
  }
}

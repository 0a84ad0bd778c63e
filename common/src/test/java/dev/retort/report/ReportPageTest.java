package dev.retort.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.TokenLengths;
import dev.retort.plan.Decision;
import dev.retort.plan.Plan;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReportPageTest {
  private static final ReportData DATA = SampleReport.data();
  private static final String PAGE = ReportPage.render(DATA);
  private static final String HOSTILE =
      "x\"'><img src=x onerror=alert(1)></script><script>alert(2)";

  @Test
  void thePageOpensWithTheResultInASentence() {
    assertThat(PAGE)
        .contains(
            "<h1>fashion-resnet is 3.76 times smaller and 2.84 times faster, for 0.07 points of"
                + " accuracy.</h1>",
            "<p class=\"verdict pass\">Both gates are passed: accuracy drop 0.07 points, at most 0.5"
                + " points; size ratio 3.76×, at least 3×.</p>");
    assertThat(text(PAGE)).contains("File size 747 KB was 2.81 MB", "Accuracy 94.83 % was 94.90 %");
  }

  @Test
  void theResultTableHasEveryMeasureOfEveryModel() {
    assertThat(text(section("result")))
        .contains(
            "fashion-resnet teacher fuse step 1 quantize step 2",
            "File size 2.81 MB 2.80 MB same size 747 KB 3.76× smaller",
            "Zipped 2.59 MB 2.59 MB same size 611 KB 4.24× smaller",
            "Parameters 698 k 696 k 696 k",
            "Latency, batch 1 median, 1 thread 1.17 ms 1.01 ms 1.16× faster 0.413 ms 2.84× faster",
            "Latency, batch 32 median, 1 thread 33.6 ms 29.4 ms 1.14× faster 11.5 ms 2.92× faster",
            "Accuracy 10,000 samples; 95 % interval 94.90 % 94.45 – 95.31",
            "94.83 % 94.38 – 95.25",
            "Change of accuracy points, paired; 95 % interval – ±0.00 −0.03 … +0.03 −0.07 −0.21 … +0.08",
            "Macro F1 94.89 % 94.89 % 94.82 %",
            "Same class as the teacher – 100.00 % 98.93 %",
            "KL divergence mean over samples, nats – 2.10e-12 0.00174",
            "Cosine of logits mean, with the teacher's – 1.00000 0.99942",
            "Gate: accuracy drop at most 0.5 points – – 0.07 points ✓ passed",
            "Gate: size ratio at least 3× – – 3.76× ✓ passed");
  }

  @Test
  void barsShowSizeAndLatencyInProportion() {
    assertThat(text(section("size-and-speed")))
        .contains("File size", "Latency at batch 1", "Latency at batch 32", "0.413 ms");
    assertThat(section("size-and-speed"))
        .contains("<i style=\"width:62.00%\"></i>")
        .contains("<i style=\"width:16.49%\"></i>");
  }

  @Test
  void accuracyIsShownWithItsInterval() {
    assertThat(text(section("accuracy")))
        .contains("Accuracy, %", "Change against the teacher, points", "94.83", "−0.07");
    assertThat(count(section("accuracy"), "<u style=")).isEqualTo(5);
  }

  @Test
  void everyQuantizedTensorHasAHistogramWithItsRangeAndWhatItClips() {
    String section = section("quantized-tensors");
    QuantizedTensors tensors = DATA.steps().get(1).tensors();
    assertThat(count(section, "<figure class=\"tensor\"")).isEqualTo(24 + 18);
    assertThat(count(section, "<svg")).isEqualTo(24 + 18);
    Stream.of(tensors.activations(), tensors.weights())
        .flatMap(List::stream)
        .forEach(
            tensor ->
                assertThat(text(section))
                    .contains(tensor.tensor(), "keeps " + TensorGallery.range(tensor)));
    assertThat(text(section))
        .contains(
            "clips 0.48 %",
            "clips nothing",
            "SQNR 38.3 dB; scale 0.0179, zero point 0",
            "SQNR 41.7 dB; 2 channels, scales 0.0174 to 0.0694; 3.1 % become 0");
  }

  @Test
  void weightsAreSummedUpAndFoldedAway() {
    assertThat(section("quantized-tensors"))
        .contains("<details class=\"tensors\" open=\"\"><summary><b>Activations</b>")
        .contains(
            "<details class=\"tensors\"><summary><b>Weights</b><small>18 tensors, SQNR 41.7 dB,"
                + " nothing clipped</small>");
  }

  @Test
  void aPageOfHundredsOfTensorsStaysSmall() {
    QuantizedTensors few = DATA.steps().get(1).tensors();
    QuantizedTensors many =
        new QuantizedTensors(times(7, few.activations()), times(9, few.weights()));
    StepResult step = DATA.steps().get(1);
    String page = ReportPage.render(withSteps(new StepResult(step.result(), step.plan(), many)));

    assertThat(count(page, "<figure class=\"tensor\"")).isGreaterThan(300);
    assertThat(page.length()).isLessThan(2_000_000);
    assertThat(page).contains("<details class=\"tensors\"><summary><b>Activations</b>");
  }

  private static List<TensorHistogram> times(int times, List<TensorHistogram> tensors) {
    return Collections.nCopies(times, tensors).stream().flatMap(List::stream).toList();
  }

  @Test
  void theTimeOfTeacherAndResultIsShownByOperatorAndNode() {
    assertThat(text(section("where-the-time-goes")))
        .contains(
            "fashion-resnet all operators 1.15 ms Conv 17 nodes 940 µs 82 %",
            "1 more operator 1 µs",
            "Slowest nodes /layer/conv8 Conv 480 µs 16 %",
            "quantize all operators 387 µs QLinearConv 17 nodes 310 µs 80 %");
    assertThat(section("where-the-time-goes"))
        .contains("<i style=\"width:100.00%\">", "<i style=\"width:32.98%\">")
        .doesNotContain("/layer/conv3");
  }

  @Test
  void everyDecisionStandsThereWithItsReason() {
    String text = text(section("decisions"));
    for (StepResult step : DATA.steps()) {
      for (Decision decision : step.plan().decisions()) {
        assertThat(text).contains(decision.target(), decision.action(), decision.reason());
      }
    }
    assertThat(text).contains("fuse 18 decisions", "quantize 25 decisions", "preset int8");
    assertThat(text).contains("kl min max", "0.00455");
  }

  @Test
  void aReasonThatManyShareIsSaidOnceAndLongGroupsAreClosed() {
    String section = section("decisions");
    assertThat(section).contains("<details class=\"group\"><summary><span class=\"action\">int8<");
    assertThat(section)
        .contains("<details class=\"group\" open=\"\"><summary><span class=\"action\">keep float<");
    assertThat(count(section, "<p class=\"shared\">Add joins: ")).isEqualTo(1);
    assertThat(section).contains("… and 16 other reasons", "… and 1 other reason<");
  }

  @Test
  void theDataSetsHaveTheirSamples() {
    assertThat(text(section("data")))
        .contains("train validation test Samples 54,000 6,000 10,000")
        .doesNotContain("Texts", "Tokens");
  }

  @Test
  void textsThatAreCutShortAreCounted() {
    TokenLengths some = new TokenLengths(2_000, 28_100, 12, 64, 3);
    TokenLengths none = new TokenLengths(400, 5_640, 13, 51, 0);

    assertThat(text(data(some, none)))
        .contains(
            "Texts keep their first 64 tokens, those counted that the tokenizer adds; the rest of a"
                + " longer one is not seen by any model. Latencies and multiply-adds are those of a text"
                + " of median length.",
            "train test Samples 2,000 400",
            "Tokens a text, mean 14.1 14.1",
            "Tokens a text, median 12 13",
            "Longest text, tokens 64 51",
            "Texts cut short 3 (0.15 %) none");
    assertThat(text(data(none, none))).contains("the tokenizer adds; none is longer.");
    assertThat(text(section("graph", ofTexts(some, none))))
        .contains("Multiply-adds, median text 61.2 M");
  }

  private static String data(TokenLengths train, TokenLengths test) {
    return section("data", ofTexts(train, test));
  }

  private static String ofTexts(TokenLengths train, TokenLengths test) {
    return ReportPage.render(
        with(
            List.of(
                new DataSummary("train", train.texts(), texts(train)),
                new DataSummary("test", test.texts(), texts(test))),
            DATA.steps()));
  }

  private static Optional<DataSummary.Texts> texts(TokenLengths lengths) {
    return Optional.of(new DataSummary.Texts(lengths, 64));
  }

  @Test
  void theGraphIsSummedUp() {
    assertThat(text(section("graph")))
        .contains(
            "Nodes 58 41 143",
            "Multiply-adds a sample 61.2 M 61.2 M 61.2 M",
            "BatchNormalization 17 · ·",
            "DequantizeLinear · · 60");
  }

  @Test
  void theSlowestStageComesFirst() {
    String text = text(section("time-of-the-run"));
    assertThat(text)
        .contains("label 135 shards, 0 from the store 1 min 12 s 45 %")
        .contains("all stages 2 min 41 s");
    assertThat(text.indexOf("label")).isLessThan(text.indexOf("ingest"));
  }

  @Test
  void whatDecidesTheBitsAndTheCommandAreThere() {
    String text = text(section("provenance"));
    DATA.provenance().forEach((name, value) -> assertThat(text).contains(name + " " + value));
    DATA.models().forEach(model -> assertThat(text).contains(model.path() + " " + model.sha256()));
    assertThat(section("provenance"))
        .contains("<code>deploy/retort compress conf/recipes/fashion-mnist.yaml");
  }

  @Test
  void thePageLoadsNothingAndForbidsItselfTo() {
    Pattern load =
        Pattern.compile(
            "<(link|img|iframe|object|embed|source|base|form[^>]+action)\\b"
                + "|(src|href|srcset|poster|action)\\s*=\\s*[\"']?\\s*(https?:)?//"
                + "|url\\(|@import");
    String ours = PAGE.replace(Embedded.echarts(), "");
    assertThat(load.matcher(ours).results().map(found -> found.group()).toList()).isEmpty();
    assertThat(ours).doesNotContain("http://", "https://");
    assertThat(PAGE).contains("<script>" + Embedded.echarts() + "</script>");
    assertThat(PAGE).contains("default-src 'none'; style-src 'unsafe-inline'");
  }

  @Test
  void thePageIsMadeForDarkAndNarrowScreensAndForPrint() {
    assertThat(PAGE)
        .contains(
            "@media (prefers-color-scheme: dark)",
            "@media (max-width: 560px)",
            "@media print",
            "width=device-width");
  }

  @Test
  void equalDataGiveEqualPages() throws IOException {
    assertThat(ReportPage.render(SampleReport.data())).isEqualTo(PAGE);
    // For a person who works on the page.
    Path target = Path.of(System.getProperty("retort.root"), "common", "target");
    Files.writeString(target.resolve("sample-report.html"), PAGE);
  }

  @Test
  void namesThatLookLikeMarkupStayText() {
    ModelResult model = named(HOSTILE, List.of(new Gate(HOSTILE, HOSTILE, HOSTILE, false)));
    Plan plan =
        new Plan(
            HOSTILE,
            new TreeMap<>(Map.of(HOSTILE, HOSTILE)),
            List.of(Decision.of(HOSTILE, HOSTILE, HOSTILE).with(HOSTILE, 1)));
    TensorHistogram tensor =
        new TensorHistogram(
            HOSTILE, List.of(5L), 0, 1, 0, new TensorHistogram.Kept(0, 1, 0, 40), HOSTILE);
    TimeProfile.Entry entry = new TimeProfile.Entry(HOSTILE, HOSTILE, 1, 1, 1);
    ReportData data =
        new ReportData(
            HOSTILE,
            HOSTILE,
            HOSTILE,
            List.of(new DataSummary(HOSTILE, 1, Optional.empty())),
            model,
            List.of(
                new StepResult(
                    model, plan, new QuantizedTensors(List.of(tensor), List.of(tensor)))),
            List.of(new TimeProfile(HOSTILE, List.of(entry), List.of(entry))),
            List.of(new StageTime(HOSTILE, 1, HOSTILE)),
            new TreeMap<>(Map.of(HOSTILE, HOSTILE)),
            HOSTILE);
    String page = ReportPage.render(data).replace(Embedded.echarts(), "");
    assertThat(page).doesNotContain("<img", "alert(2)</script>", "<script>alert", "\"'>");
    assertThat(count(page, "<script")).isEqualTo(count(PAGE, "<script"));
    assertThat(count(page, "</script")).isEqualTo(count(PAGE, "</script"));
  }

  @Test
  void failedGatesAreNamedAtTheTop() {
    ModelResult missed =
        named(
            "quantize",
            List.of(
                new Gate("accuracy drop", "0.81 points", "at most 0.5 points", false),
                new Gate("size ratio", "3.76×", "at least 3×", true)));
    assertThat(ReportPage.render(withLast(missed)))
        .contains(
            "<p class=\"verdict fail\">1 of 2 gates failed: accuracy drop 0.81 points, must be"
                + " at most 0.5 points.</p>")
        .contains("✗ failed");
  }

  @Test
  void aModelThatGotLargerSlowerOrBetterIsSaidToBe() {
    ModelResult other =
        new ModelResult(
            "distill",
            "steps/01-distill/model.onnx",
            Sha256.of("other").hex(),
            5_615_088,
            5_000_000,
            Quality.of(100).withChange(new Estimate(0.0125, 0.001, 0.02)),
            List.of(new Latency(1, 1, 2.344, 2.3, 2.4)),
            List.of(),
            DATA.teacher().graph());
    assertThat(ReportPage.render(withLast(other)))
        .contains("2.00 times larger and 2.00 times slower, and gains 1.25 points of accuracy.")
        .contains("The recipe sets no gates.");
  }

  @Test
  void withoutLabelsTheTeachersClassesAreTheMeasure() {
    ModelResult unlabelled = named("quantize", List.of(new Gate("size", "3", "at least 3", true)));
    String page = ReportPage.render(withLast(unlabelled));
    assertThat(page)
        .contains("<h1>fashion-resnet is as large as it was, and agrees with it on 97.00 %.</h1>")
        .contains("The gate is passed: size 3, at least 3.");
  }

  @Test
  void aRunWithoutStepsReportsTheTeacher() {
    ModelResult plain =
        new ModelResult(
            "teacher",
            "teacher.onnx",
            Sha256.of("t").hex(),
            1000,
            900,
            Quality.of(10),
            List.of(),
            List.of(),
            DATA.teacher().graph());
    ReportData data =
        new ReportData(
            "plain",
            "plain-1",
            "today",
            List.of(),
            plain,
            List.of(),
            List.of(),
            List.of(),
            new TreeMap<>(),
            "retort");
    String page = ReportPage.render(data);
    assertThat(page).contains("<h1>teacher, as it is</h1>");
    assertThat(page)
        .doesNotContain(
            "id=\"decisions\"", "id=\"quantized-tensors\"", "id=\"accuracy\"", "echarts.init(e");
    assertThat(page.length()).isLessThan(60_000);
  }

  private static ModelResult named(String name, List<Gate> gates) {
    return new ModelResult(
        name,
        name,
        name,
        2_807_544,
        2_000_000,
        Quality.of(100).withTeacher(0.97, 0.1, 0.9),
        List.of(),
        gates,
        new GraphSummary(17, 1, 1, 1, new TreeMap<>(Map.of(name, 1L))));
  }

  private static ReportData withLast(ModelResult last) {
    Plan plan = new Plan("quantize", new TreeMap<>(), List.of());
    return withSteps(new StepResult(last, plan, QuantizedTensors.none()));
  }

  private static ReportData withSteps(StepResult... steps) {
    return with(DATA.dataSets(), List.of(steps));
  }

  private static ReportData with(List<DataSummary> dataSets, List<StepResult> steps) {
    return new ReportData(
        DATA.name(),
        DATA.runId(),
        DATA.finished(),
        dataSets,
        DATA.teacher(),
        steps,
        DATA.profiles(),
        DATA.stages(),
        DATA.provenance(),
        DATA.command());
  }

  private static String section(String id) {
    return section(id, PAGE);
  }

  private static String section(String id, String page) {
    int start = page.indexOf("<section id=\"" + id + "\">");
    assertThat(start).as(id).isPositive();
    return page.substring(start, page.indexOf("</section>", start));
  }

  /** What a reader sees: no tags, single spaces. */
  private static String text(String html) {
    return html.replaceAll("<[^>]+>", " ")
        .replace("&gt;", ">")
        .replace("&lt;", "<")
        .replace("&#39;", "'")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
        .replaceAll("\\s+", " ")
        .replace(" ,", ",");
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }
}

/**
 * The report of a run as one HTML page that needs no network: {@link dev.retort.report.ReportPage}
 * prints a {@link dev.retort.report.ReportData}. The page is text, tables and SVG that read without
 * scripts; one interactive chart (ECharts, inlined) shows a tensor's histogram closely. May import
 * everything below, and Jackson to embed data.
 */
package dev.retort.report;

# A scorer in R: reads answers, writes a CSV of predictions.
#   cat data/answers/*.jsonl | Rscript examples/scorer.R > predictions.csv && bench score predictions.csv
suppressMessages(library(jsonlite))
lines <- readLines(file("stdin"), encoding = "UTF-8")
score <- function(line) {
  answer <- fromJSON(line)
  own <- answer$segments[answer$segments$speaker == "candidate", ]
  words <- strsplit(tolower(paste(own$text, collapse = " ")), "[^a-z']+")[[1]]
  reasons <- sum(words %in% c("because", "instead", "unless"))
  late <- any(answer$segments$kind == "silence")
  data.frame(answer_id = answer$answer_id, rating = min(5, 1 + reasons),
             verdict = if (reasons >= 2) "balanced" else "too_fast",
             patterns = if (late) "poor_time_awareness" else "")
}
write.csv(do.call(rbind, lapply(lines, score)), row.names = FALSE, quote = FALSE)

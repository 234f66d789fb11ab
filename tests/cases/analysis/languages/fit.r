smooth <- function(values, width = 3) {
  result <- numeric(length(values))
  for (i in seq_along(values)) {
    if (i < width || is.na(values[i])) {
      result[i] <- values[i]
    } else {
      result[i] <- mean(values[(i - width + 1):i])
    }
  }
  result
}

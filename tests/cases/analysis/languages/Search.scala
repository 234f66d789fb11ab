object Search {
  def first(words: List[String], wanted: String): Option[String] = {
    for (word <- words) {
      if (word == wanted || word.startsWith(wanted)) {
        return Some(word)
      }
    }
    None
  }

  def kind(number: Int): String = number match {
    case 0 => "zero"
    case n if n < 0 => "negative"
    case _ => "positive"
  }
}

class Cache(private val limit: Int) {
    private val entries = mutableMapOf<String, String>()

    fun read(key: String, fallback: String?): String {
        val found = entries[key]
        if (found != null && found.isNotEmpty()) {
            return found
        }
        return when (fallback) {
            null -> "none"
            "" -> "empty"
            else -> fallback
        }
    }

    fun size(): Int {
        return entries.size
    }
}

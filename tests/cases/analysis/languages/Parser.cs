using System;

namespace Shop
{
    public class Parser
    {
        public int Parse(string text, int fallback)
        {
            try
            {
                foreach (var part in text.Split(','))
                {
                    if (part.Length > 0 && part != "-")
                    {
                        return int.Parse(part);
                    }
                }
            }
            catch (FormatException)
            {
                return fallback;
            }
            return text == null ? 0 : fallback;
        }
    }
}

class Ledger
  def balance(entries, currency)
    sum = 0
    entries.each do |entry|
      next if entry.void? || entry.currency != currency
      if entry.debit?
        sum -= entry.amount
      elsif entry.credit?
        sum += entry.amount
      end
    end
    sum
  end

  def empty?
    @entries.nil? or @entries.empty?
  end
end

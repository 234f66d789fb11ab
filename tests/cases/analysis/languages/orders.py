class Orders:
    def __init__(self, rows):
        self.rows = rows

    def open(self, customer=None):
        return [
            row
            for row in self.rows
            if not row.paid and (customer is None or row.customer == customer)
        ]

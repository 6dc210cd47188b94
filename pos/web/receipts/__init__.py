"""The receipt: what a customer takes home of a sale, on a phone or on paper."""

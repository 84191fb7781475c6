"""What is done beside the product: fitting the weights of the classifier, and judging a fit."""

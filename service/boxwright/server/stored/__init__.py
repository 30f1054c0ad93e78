"""What the server keeps in the store, in the form in which it is kept, and how it comes back."""

"""Converts plans, requests and catalogs to and from their stored form."""

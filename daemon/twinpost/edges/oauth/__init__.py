"""Signing in with an access token (XOAUTH2) instead of a password: Microsoft 365 and Google."""

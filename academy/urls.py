"""The addresses of the academy."""

from django.urls import path

from academy import views

urlpatterns = [
    path("", views.academy, name="academy"),
    path("feed.xml", views.feed, name="academy_feed"),
    path("topic/<slug:slug>/", views.topic, name="topic"),
    path("preview/<int:pk>/", views.preview, name="article_preview"),
    path("<slug:slug>/", views.article, name="article"),
]
